import type { BotRecord } from '../../model/records.ts';
import type { CreateAttempt, Operation, Refusal } from '../../model/spec/bot-status.ts';
import { conditionOf } from '../../model/spec/condition.ts';
import { ageSince } from '../text/age.ts';
import { fieldLines } from '../text/sections.ts';

/** What is being done, what is in doubt, what was refused, and why it waits. */
export function underWayLines(bot: BotRecord, now: number): string[] {
  const { operation, createAttempt, refusal, refusedOrder, replacements } = bot.status;
  const reconciling = conditionOf(bot.status, 'Reconciling');
  return fieldLines(
    [
      ['Waits', reconciling?.status === 'True' ? reconciling.message : undefined],
      ['Operation', operation && operationText(operation, now)],
      ['Create', createAttempt && attemptText(createAttempt, now)],
      ['Refused', refusal && refusalText(refusal, now)],
      ['Order', refusedOrder && refusalText({ ...refusedOrder, what: refusedOrder.order }, now)],
      [
        'Re-created',
        replacements && `${replacements.count} times, last ${ageSince(replacements.lastAt, now)} ago`,
      ],
    ],
    '  ',
  );
}

function operationText(
  { type, step, reason, startedAt, stepAt, size, actionID }: Operation,
  now: number,
): string {
  const target = size === undefined ? type : `${type} to ${size}`;
  const action = actionID === undefined ? '' : `, action ${actionID}`;
  const why = reason ? ` (${reason})` : '';
  return `${target} for ${ageSince(startedAt, now)}, step ${step} for ${ageSince(stepAt, now)}${action}${why}`;
}

function attemptText({ storedAt, doubt }: CreateAttempt, now: number): string {
  const since = `asked for ${ageSince(storedAt, now)} ago`;
  return doubt
    ? `${since}; in doubt: ${doubt}. It is looked for by name until found or the settling window has passed`
    : `${since}; no answer recorded yet`;
}

function refusalText({ what, message, at, count }: Omit<Refusal, 'generation'>, now: number): string {
  const often = count > 1 ? `, ${count} times in a row` : '';
  return `${what}${often}, last ${ageSince(at, now)} ago: ${message}`;
}
