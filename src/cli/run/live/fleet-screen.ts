import { byKey } from '../../../kit/by-key.ts';
import type { CloudOverview, FleetOverview } from '../../../model/fleet-overview.ts';
import type { BotRecord } from '../../../model/records.ts';
import { phases } from '../../../model/spec/bot-status.ts';
import { counted, formatUSD } from '../../text/money.ts';
import { type Column, layTable } from '../../text/table.ts';
import type { Paint } from '../../text/terminal.ts';
import { botColumns } from '../../view/bot-columns.ts';
import { isReady, messageOf } from '../../view/bot-view.ts';
import { type LogEntry, logLine } from './log-line.ts';

/** What the picture is made from. */
export interface FleetPicture {
  readonly overview: FleetOverview;
  readonly bots: Iterable<BotRecord>;
  readonly entries: readonly LogEntry[];
  /** Such as `built-in simulator`. */
  readonly cloud: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Lines there are to draw on. */
  readonly rows: number;
  readonly paint: Paint;
}

const barWidth = 24;
const mostEntries = 6;
const fewestEntries = 2;

/** The whole picture, at most `rows - 1` lines: the fleet in figures, the bots, those not ready first, the last events. */
export function fleetScreen(picture: FleetPicture): string[] {
  const { entries, paint, rows } = picture;
  const head = headLines(picture);
  const wantedTail = rows > 20 ? mostEntries : fewestEntries;
  const tail = entries.slice(-wantedTail).map((entry) => logLine(entry, paint));
  const room = rows - 1 - head.length - tail.length - 2;
  const body = room > 1 ? ['', ...botLines(picture, room)] : [];
  return [...head, ...body, ...(tail.length > 0 ? ['', ...tail] : [])].slice(0, Math.max(1, rows - 1));
}

function headLines({ overview, cloud, now, paint }: FleetPicture): string[] {
  const { fleetID, clouds, costMonthlyUSD } = overview;
  const figures = [
    `fleet ${fleetID}`,
    cloud,
    ...clouds.map((one) => budgetText(one, now)),
    `${formatUSD(costMonthlyUSD)} a month`,
  ];
  return [
    `${paint('bold', 'clawfleet')}  ${figures.join(paint('dim', ' · '))}`,
    progressLine(overview, paint),
    ...overview.notReady.map((reason) => paint('red', `! ${reason}`)),
    ...overview.warnings.map((warning) => paint('yellow', `! ${warning}`)),
    ...clouds.flatMap(({ trouble }) => (trouble === undefined ? [] : [paint('red', `! ${trouble}`)])),
    ...clouds.flatMap((one) => orphanLine(one, paint)),
  ];
}

function budgetText({ budget }: CloudOverview, now: number): string {
  if (budget.blockedUntil > now)
    return `calls blocked for ${Math.ceil((budget.blockedUntil - now) / 1_000)}s`;
  const left = `${grouped(budget.minuteRemaining)}/min, ${grouped(budget.hourlyRemaining)}/h calls left`;
  return budget.queued > 0 ? `${left}, ${budget.queued} waiting` : left;
}

function orphanLine({ orphans }: CloudOverview, paint: Paint): string[] {
  if (orphans.length === 0) return [];
  return [paint('yellow', `! ${counted(orphans.length, 'orphan')}: \`clawfleet orphans\` lists them`)];
}

function progressLine(overview: FleetOverview, paint: Paint): string {
  const { bots, ready, byPhase, creating, stalled, openAttempts } = overview;
  const share = bots === 0 ? 1 : ready / bots;
  // Full only when every bot is ready.
  const filled = Math.floor(share * barWidth);
  const bar = paint('green', '█'.repeat(filled)) + paint('dim', '░'.repeat(barWidth - filled));
  const counts = phases.flatMap((phase) =>
    byPhase[phase] > 0 ? [`${phase} ${grouped(byPhase[phase])}`] : [],
  );
  const notes = [
    ...(creating > 0 ? [`${creating} in creation`] : []),
    ...(openAttempts > creating ? [`${openAttempts} creates open`] : []),
    ...(stalled > 0 ? [paint('red', `${stalled} stalled`)] : []),
  ];
  return [`${bar} ${grouped(ready)}/${grouped(bots)} ready`, counts.join('  '), notes.join(', ')]
    .filter(Boolean)
    .join('   ');
}

function botLines({ bots, now, paint }: FleetPicture, room: number): string[] {
  const { shown, more } = foremost(bots, room - 2);
  if (shown.length === 0) return [paint('dim', 'No bots are declared.')];
  const message: Column<BotRecord> = { header: 'MESSAGE', cell: messageOf };
  const lines = layTable([...botColumns(now, false, manyNamespaces(shown)), message], shown, { paint }).lines;
  return more > 0 ? [...lines, paint('dim', `… and ${grouped(more)} more`)] : [...lines];
}

/** At most `most` bots: those not ready, then the others, each by key. */
function foremost(bots: Iterable<BotRecord>, most: number): { shown: BotRecord[]; more: number } {
  const groups: { unready: BotRecord[]; ready: BotRecord[] } = { unready: [], ready: [] };
  for (const bot of bots) (isReady(bot) ? groups.ready : groups.unready).push(bot);
  const unready = groups.unready.sort(byKey);
  // With enough others to fill the room, the ready ones need not be put in order.
  const ready = unready.length >= most ? groups.ready : groups.ready.sort(byKey);
  const all = [...unready, ...ready];
  return all.length <= most + 1
    ? { shown: all, more: 0 }
    : { shown: all.slice(0, Math.max(0, most)), more: all.length - Math.max(0, most) };
}

function manyNamespaces(bots: readonly BotRecord[]): boolean {
  return bots.some((bot) => bot.namespace !== 'default');
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
