import type { BotRecord } from '../../model/records.ts';
import { personaOf, powerStateOf } from '../../model/spec/bot-spec.ts';
import { displayNameOf } from '../../model/spec/display-name.ts';
import { effectiveDroplet } from '../../model/spec/droplet-spec.ts';
import { ageSince } from '../text/age.ts';
import { formatUSD } from '../text/money.ts';
import type { Column } from '../text/table.ts';
import { phaseOf, readyOf, reasonOf, styleOf } from './bot-view.ts';

const namespace: Column<BotRecord> = { header: 'NAMESPACE', cell: (bot) => bot.namespace };

/** What `get bots` shows; ages are as of `now`, epoch milliseconds. */
export function botColumns(now: number, wide: boolean, allNamespaces: boolean): Column<BotRecord>[] {
  const columns: Column<BotRecord>[] = [
    { header: 'NAME', cell: (bot) => bot.name },
    { header: 'PHASE', cell: phaseOf },
    { header: 'READY', cell: (bot) => ({ text: readyOf(bot), style: styleOf(bot) }) },
    { header: 'REASON', cell: reasonOf },
    { header: 'DROPLET', cell: ({ status }) => String(status.droplet?.id ?? '') },
    { header: 'IP', cell: ({ status }) => status.droplet?.publicIPv4 ?? '' },
    { header: 'AGE', cell: (bot) => ageSince(bot.createdAt, now) },
  ];
  return [...(allNamespaces ? [namespace] : []), ...columns, ...(wide ? wideColumns(now) : [])];
}

const wideColumns = (now: number): Column<BotRecord>[] => [
  { header: 'ACCOUNT', cell: ({ spec }) => spec?.accountRef.name ?? '' },
  { header: 'PERSONA', cell: ({ spec }) => (spec ? personaOf(spec) : '') },
  { header: 'POWER', cell: ({ spec }) => (spec ? powerStateOf(spec) : '') },
  { header: 'REGION', cell: ({ spec, status }) => status.droplet?.region ?? declared(spec, 'region') },
  { header: 'SIZE', cell: ({ spec, status }) => status.droplet?.size ?? declared(spec, 'size') },
  {
    header: '$/MONTH',
    cell: ({ status }) => (status.droplet ? formatUSD(status.droplet.priceMonthlyUSD) : ''),
  },
  { header: 'CONFIG', cell: configOf },
  {
    header: 'HEARD',
    cell: ({ status }) =>
      status.lastHeartbeatTime === undefined ? '' : ageSince(status.lastHeartbeatTime, now),
  },
  { header: 'UID', cell: (bot) => bot.uid },
  // Last, for it may hold spaces.
  { header: 'DISPLAYNAME', cell: ({ spec, name }) => (spec ? displayNameOf(spec.displayName, name) : '') },
];

/** Version of the config that the bot runs by, and of the one that it should. */
function configOf({ status: { appliedConfig, desiredConfig } }: BotRecord): string {
  if (!desiredConfig || appliedConfig?.id === desiredConfig.id) return String(appliedConfig?.version ?? '');
  return `${appliedConfig?.version ?? 'none'} of ${desiredConfig.version}`;
}

function declared(spec: BotRecord['spec'], field: 'region' | 'size'): string {
  return spec ? effectiveDroplet(spec.droplet)[field] : '';
}
