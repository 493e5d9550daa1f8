import { backOffMs } from '../../kit/back-off.ts';
import type { BotRecord } from '../../model/records.ts';
import type { Refusal } from '../../model/spec/bot-status.ts';
import { isoOf, type Situation, stalled, timeOf, type Verdict } from '../situation.ts';

/** A refused effect is repeated after 1, 2, 4 … 60 minutes, or at once when the spec changes. */
const [firstRepeatMs, longestRepeatMs] = [60_000, 3_600_000];

/** The refusal of `what` if the cloud has refused it for the present spec. */
export function refusalOf(bot: Pick<BotRecord, 'generation' | 'status'>, what: string): Refusal | undefined {
  const { refusal } = bot.status;
  return refusal?.what === what && refusal.generation === bot.generation ? refusal : undefined;
}

/** When a refused effect is repeated if nobody changes the spec (epoch ms). */
export function repeatedAt({ at, count }: Refusal): number {
  return timeOf(at) + backOffMs(count, firstRepeatMs, longestRepeatMs);
}

/**
 * Waits to repeat what the cloud has refused; undefined if it is due or was not refused. `subject` opens the
 * message.
 */
export function afterRefusal(
  { bot, status, now }: Situation,
  what: string,
  { reason, subject = '' }: { readonly reason: string; readonly subject?: string },
): Verdict | undefined {
  const refusal = refusalOf({ generation: bot.generation, status }, what);
  if (!refusal) return undefined;
  const dueAt = repeatedAt(refusal);
  if (now >= dueAt) return undefined;
  const message = `${subject}${refusal.message} Change the manifest; otherwise it is tried again at ${isoOf(dueAt)}`;
  return { waiting: stalled(reason, message), requeueAt: dueAt };
}
