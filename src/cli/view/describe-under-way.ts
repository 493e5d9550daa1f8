import type { BotRecord } from '../../model/records.ts';
import type { CreateAttempt, Operation, Refusal } from '../../model/spec/bot-status.ts';
import { conditionOf } from '../../model/spec/condition.ts';
import { PortError } from '../../ports/port-error.ts';
import type { StoredEvent } from '../../ports/source.ts';
import { ageSince } from '../text/age.ts';
import { fieldLines } from '../text/sections.ts';
import { renderTable } from '../text/table.ts';
import type { Paint } from '../text/terminal.ts';

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

/** The history kept under a name, or why it cannot be read. */
export type ReadEvents = readonly StoredEvent[] | PortError;

/** The events of the bot or account with this uid: earlier bots of the name have histories of their own. */
export function eventLines(uid: string, events: ReadEvents, now: number, paint: Paint): string[] {
  if (events instanceof PortError) return [`  They cannot be read: ${events.message}`];
  const own = events.filter((event) => event.uid === uid);
  if (own.length === 0) return [];
  const columns = [
    { header: 'LAST', cell: (event: StoredEvent) => eventAge(event, now) },
    {
      header: 'TYPE',
      cell: ({ type }: StoredEvent) => (type === 'Warning' ? { text: type, style: 'yellow' as const } : type),
    },
    { header: 'REASON', cell: (event: StoredEvent) => event.reason },
    { header: 'MESSAGE', cell: (event: StoredEvent) => event.message },
  ];
  return renderTable(columns, own, { paint, indent: '  ' }).split('\n');
}

function eventAge({ count, firstAt, lastAt }: StoredEvent, now: number): string {
  const last = ageSince(lastAt, now);
  return count > 1 ? `${last} (x${count} over ${ageSince(firstAt, now)})` : last;
}
