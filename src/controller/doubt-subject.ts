import type { BotRecord } from '../model/records.ts';

/** Names what is in doubt about a bot, for the doubt book: its attempt, its reboot claim, or its wiped status. */
export function doubtOf(bot: BotRecord): string | undefined {
  const { createAttempt, operation, ownerUID } = bot.status;
  if (createAttempt) return `attempt ${createAttempt.id}`;
  if (operation?.type === 'Reboot') return `reboot ${bot.uid} ${operation.stepAt}`;
  return !bot.pristine && ownerUID !== bot.uid ? `status ${bot.uid}` : undefined;
}
