import type { BotRecord } from '../../model/records.ts';
import type { BotStatus } from '../../model/spec/bot-status.ts';

/** Names what is in doubt about a bot, for the doubt book: its attempt, its reboot claim, or its wiped status. */
export function doubtOf(bot: BotRecord): string | undefined {
  const { createAttempt, operation, ownerUID } = bot.status;
  if (createAttempt) return `attempt ${createAttempt.id}`;
  if (operation?.type === 'Reboot') return `reboot ${operation.stepAt}`;
  return !bot.pristine && ownerUID !== bot.uid ? 'status' : undefined;
}

/** Names a droplet that nothing but the answer to its create has shown yet. */
export function unseenDroplet(id: number): string {
  return `unseen ${id}`;
}

/** Everything that is in doubt about a bot. */
export function openDoubts(bot: BotRecord): string[] {
  const { droplet } = bot.status;
  const unseen = droplet && !droplet.seen ? [unseenDroplet(droplet.id)] : [];
  const doubt = doubtOf(bot);
  return doubt === undefined ? unseen : [...unseen, doubt];
}

/** Names, among the effects of this process, that the POST of an attempt never left it. */
export function unsentAttempt(attemptID: string): string {
  return `unsent ${attemptID}`;
}

/** Names, likewise, that the POST never left which the status claims; undefined where it claims none. */
export function unsentClaim({ createAttempt, operation }: BotStatus): string | undefined {
  if (createAttempt) return unsentAttempt(createAttempt.id);
  return operation?.type === 'Reboot' ? `unsent reboot ${operation.stepAt}` : undefined;
}
