import type { Command } from 'commander';
import type { CliContext } from '../cli-context.ts';
import { defineBotEdit, requestEdit } from '../edit/edit-bots.ts';

export function defineReboot(command: Command, context: CliContext): void {
  const edit = requestEdit(
    'reboot',
    ({ status }) =>
      status.droplet
        ? `Droplet ${status.droplet.id} is rebooted once; if it is off, nothing happens.`
        : 'It has no droplet: nothing happens.',
    ['clawfleet reboot alpha', 'clawfleet reboot alpha --wait'],
  );
  defineBotEdit(command, context, edit);
}
