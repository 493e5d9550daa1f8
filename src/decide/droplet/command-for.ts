import type { BotRecord } from '../../model/records.ts';

/** A command as a person would type it for the bot, such as `clawfleet reboot alpha`. */
export function commandFor(
  { namespace, name, key }: BotRecord,
  verb: 'reboot' | 'redeploy' | 'token' | 'confirm delete',
): string {
  return `\`clawfleet ${verb} ${namespace === 'default' ? name : key}\``;
}
