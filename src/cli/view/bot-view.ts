import { type BotRecord, isEnding } from '../../model/records.ts';
import { type Condition, conditionOf } from '../../model/spec/condition.ts';
import type { Style } from '../text/terminal.ts';

/** Whether the controller has not yet looked at what is declared now. */
export function isUnseen(bot: BotRecord): boolean {
  return bot.status.observedGeneration !== undefined && bot.status.observedGeneration < bot.generation;
}

/** True, False or Unknown, as of the spec declared now; `-` when no controller has looked at the bot. */
export function readyOf(bot: BotRecord): Condition['status'] | '-' {
  if (isUnseen(bot)) return 'Unknown';
  return conditionOf(bot.status, 'Ready')?.status ?? '-';
}

export function isReady(bot: BotRecord): boolean {
  return readyOf(bot) === 'True' && !bot.deletion;
}

export function phaseOf(bot: BotRecord): string {
  if (isEnding(bot)) return 'Deleting';
  return bot.status.phase ?? '-';
}

/** Why the bot is not Ready, in one word; empty when it is. */
export function reasonOf(bot: BotRecord): string {
  if (bot.problems.length > 0) return 'InvalidSpec';
  if (isUnseen(bot)) return 'ChangePending';
  const ready = conditionOf(bot.status, 'Ready');
  return ready && ready.status !== 'True' ? ready.reason : '';
}

/** Why the bot is not Ready, for people; empty when it is. */
export function messageOf(bot: BotRecord): string {
  const [problem] = bot.problems;
  if (problem) return `${problem.field} ${problem.rule}`.trim();
  const ready = conditionOf(bot.status, 'Ready');
  return ready && ready.status !== 'True' ? ready.message : '';
}

/** Green when all is well, red when a person is needed, yellow on the way. */
export function styleOf(bot: BotRecord): Style | undefined {
  if (bot.problems.length > 0 || conditionOf(bot.status, 'Stalled')?.status === 'True') return 'red';
  if (isReady(bot)) return 'green';
  return readyOf(bot) === '-' ? 'dim' : 'yellow';
}
