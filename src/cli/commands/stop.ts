import type { Command } from 'commander';
import type { CliContext } from '../cli-context.ts';
import { defineBotEdit, powerEdit } from '../edit/edit-bots.ts';

export function defineStop(command: Command, context: CliContext): void {
  const edit = powerEdit(
    'Stopped',
    ({ status }) =>
      status.droplet
        ? `Droplet ${status.droplet.id} is shut down next, and its power cut if that takes too long. It is kept, and billed.`
        : 'It has no droplet, and gets none while it is stopped.',
    ['clawfleet stop alpha', 'clawfleet stop alpha beta --wait'],
  );
  defineBotEdit(command, context, edit);
}
