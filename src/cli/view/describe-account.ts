import { problemText } from '../../model/problem.ts';
import type { AccountRecord, BotRecord } from '../../model/records.ts';
import { botLimit, tierOf } from '../../model/spec/account-spec.ts';
import { ageSince } from '../text/age.ts';
import { formatUSD } from '../text/money.ts';
import { fieldLines, section } from '../text/sections.ts';
import { renderTable } from '../text/table.ts';
import type { Paint } from '../text/terminal.ts';
import { botColumns } from './bot-columns.ts';
import { eventLines, type ReadEvents } from './describe-under-way.ts';

/** Everything known about an account with its bots, for people. `now` is epoch milliseconds. */
export function describeAccount(
  account: AccountRecord,
  bots: readonly BotRecord[],
  events: ReadEvents,
  now: number,
  paint: Paint,
): string {
  const { spec, status } = account;
  const own = bots.filter(
    (bot) => bot.namespace === account.namespace && bot.spec?.accountRef.name === account.name,
  );
  const head = fieldLines([
    ['Name', account.name],
    ['Namespace', account.namespace],
    ['UID', account.uid],
    ['Declared in', account.origin],
    ['Created', `${account.createdAt} (${ageSince(account.createdAt, now)} ago)`],
    ['Tier', spec && tierOf(spec)],
    [
      'Bots',
      `${status.used ?? 0} of ${spec ? botLimit(spec) : 0} places used, ${status.waiting ?? 0} waiting`,
    ],
    ['Cost', `${formatUSD(status.costMonthlyUSD ?? 0)} a month${budgetText(spec?.monthlyBudgetUSD)}`],
    [
      'Token',
      spec?.tokenSecretRef && `its own, from Secret ${spec.tokenSecretRef.name}, ${spec.tokenSecretRef.key}`,
    ],
  ]);
  const table =
    own.length === 0
      ? []
      : renderTable(botColumns(now, false, false), own, { paint, indent: '  ' }).split('\n');
  return [
    ...head,
    ...section(
      'Problems',
      account.problems.map((problem) => `  ${problemText(problem)}`),
      paint,
    ),
    ...section('Its bots', table, paint),
    ...section('Events', eventLines(account.uid, events, now, paint), paint),
  ].join('\n');
}

function budgetText(budget: number | undefined): string {
  return budget === undefined ? '' : ` of at most ${formatUSD(budget)}`;
}
