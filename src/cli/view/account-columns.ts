import type { AccountRecord } from '../../model/records.ts';
import { botLimit, tierOf } from '../../model/spec/account-spec.ts';
import { ageSince } from '../text/age.ts';
import { formatUSD } from '../text/money.ts';
import type { Cell, Column } from '../text/table.ts';

/** What `get accounts` shows; ages are as of `now`, epoch milliseconds. */
export function accountColumns(now: number, wide: boolean, allNamespaces: boolean): Column<AccountRecord>[] {
  const columns: Column<AccountRecord>[] = [
    { header: 'NAME', cell: (account) => account.name },
    { header: 'REASON', cell: reasonOf },
    { header: 'TIER', cell: ({ spec }) => (spec ? tierOf(spec) : '') },
    { header: 'USED', cell: ({ status }) => String(status.used ?? '') },
    { header: 'LIMIT', cell: ({ spec, status }) => String(spec ? botLimit(spec) : (status.limit ?? '')) },
    { header: 'WAITING', cell: ({ status }) => String(status.waiting ?? '') },
    { header: '$/MONTH', cell: ({ status }) => usd(status.costMonthlyUSD) },
    { header: 'AGE', cell: (account) => ageSince(account.createdAt, now) },
  ];
  const namespace: Column<AccountRecord> = { header: 'NAMESPACE', cell: (account) => account.namespace };
  return [...(allNamespaces ? [namespace] : []), ...columns, ...(wide ? wideColumns : [])];
}

const wideColumns: Column<AccountRecord>[] = [
  { header: 'BUDGET', cell: ({ spec }) => usd(spec?.monthlyBudgetUSD) },
  { header: 'TOKEN', cell: ({ spec }) => spec?.tokenSecretRef?.name ?? 'controller’s' },
  { header: 'UID', cell: (account) => account.uid },
];

/** As `Ready` of a bot has it: the declaration is wrong, and `describe` tells how. */
function reasonOf({ problems }: AccountRecord): string | Cell {
  return problems.length === 0 ? '' : { text: 'InvalidSpec', style: 'red' };
}

function usd(amount: number | undefined): string {
  return amount === undefined ? '' : formatUSD(amount);
}
