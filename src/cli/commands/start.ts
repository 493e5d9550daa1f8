import type { Command } from 'commander';
import type { CliContext } from '../cli-context.ts';
import { defineBotEdit, powerEdit } from '../edit/edit-bots.ts';

export function defineStart(command: Command, context: CliContext): void {
  const edit = powerEdit(
    'Running',
    ({ status }) =>
      status.droplet
        ? `Droplet ${status.droplet.id} is powered on next.`
        : 'A droplet is created next, if its account has a place.',
    ['clawfleet start alpha', 'clawfleet start alpha --wait --timeout 5m'],
  );
  defineBotEdit(command, context, edit);
}
