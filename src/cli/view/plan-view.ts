import type { FleetPlan } from '../../compose/plan-fleet.ts';
import { formatDuration } from '../../config/duration.ts';
import { counted, formatChangeUSD, formatUSD } from '../text/money.ts';
import { type Column, renderTable } from '../text/table.ts';
import type { Paint, Style } from '../text/terminal.ts';

type BotPlan = FleetPlan['bots'][number];
type PlanKind = BotPlan['kind'];

const signs: Readonly<Record<PlanKind, { readonly sign: string; readonly style?: Style }>> = {
  create: { sign: '+ create', style: 'green' },
  replace: { sign: '± replace', style: 'red' },
  change: { sign: '~ change', style: 'yellow' },
  delete: { sign: '- delete', style: 'red' },
  wait: { sign: '… wait', style: 'dim' },
  none: { sign: '  none' },
};

/** Whether anything would be done: only then does `plan` exit with 2. */
export function hasChanges(plan: FleetPlan): boolean {
  return plan.bots.some(({ kind }) => kind !== 'none' && kind !== 'wait');
}

/** A table of what would happen, each bot's calls below each other, and a summary line. */
export function showPlan(plan: FleetPlan, paint: Paint): string {
  const shown = plan.bots.filter(({ kind }) => kind !== 'none');
  if (shown.length === 0) {
    const all = counted(plan.bots.length, 'bot');
    return `Nothing to do: ${all} as declared, ${formatUSD(plan.costMonthlyUSD)} a month.`;
  }
  return [renderTable(columns, shown.flatMap(planRows), { paint }), '', summary(plan)].join('\n');
}

interface PlanRow {
  readonly bot: BotPlan;
  readonly call: string;
  readonly first: boolean;
}

function planRows(bot: BotPlan): PlanRow[] {
  const calls = bot.calls.length > 0 ? bot.calls : [''];
  return calls.map((call, index) => ({ bot, call, first: index === 0 }));
}

const columns: readonly Column<PlanRow>[] = [
  { header: 'BOT', cell: ({ bot, first }) => (first ? bot.key : ' ') },
  {
    header: 'WHAT',
    cell: ({ bot, first }) => (first ? { text: signs[bot.kind].sign, style: signs[bot.kind].style } : ' '),
  },
  { header: '$/MONTH', cell: ({ bot, first }) => (first ? formatChangeUSD(bot.costDeltaMonthlyUSD) : ' ') },
  { header: 'CALL', cell: ({ call }) => call },
  { header: 'WHY', cell: ({ bot, first }) => (first ? (bot.waits ?? bot.reason) : ' ') },
];

function summary(plan: FleetPlan): string {
  const counts = (['create', 'replace', 'change', 'delete', 'wait'] as const).flatMap((kind) => {
    const count = plan.bots.filter((bot) => bot.kind === kind).length;
    return count > 0 ? [`${count} to ${kind}`] : [];
  });
  const unchanged = plan.bots.filter(({ kind }) => kind === 'none').length;
  const seconds =
    plan.seconds === undefined ? '' : `, about ${formatDuration(Math.ceil(plan.seconds) * 1_000)}`;
  const cost = `${formatUSD(plan.costMonthlyUSD)} a month (${formatChangeUSD(plan.costDeltaMonthlyUSD)})`;
  return `Plan: ${counts.join(', ')}, ${unchanged} unchanged. ${counted(plan.calls, 'call')}${seconds}. ${cost}.`;
}
