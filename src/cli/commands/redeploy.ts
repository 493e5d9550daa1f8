import type { Command } from 'commander';
import type { CliContext } from '../cli-context.ts';
import { defineBotEdit, requestEdit } from '../edit/edit-bots.ts';

export function defineRedeploy(command: Command, context: CliContext): void {
  const edit = requestEdit(
    'redeploy',
    ({ status }) =>
      status.droplet
        ? `Droplet ${status.droplet.id} is destroyed with everything on it, then a new one is created.`
        : 'A droplet is created as declared now.',
    ['clawfleet redeploy alpha', 'clawfleet redeploy alpha --wait'],
  );
  defineBotEdit(command, context, edit);
}
