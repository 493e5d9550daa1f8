import type { DryRunCall } from '../adapters/dry-run/dry-run-cloud.ts';
import type { DryRunSource } from '../adapters/dry-run/dry-run-source.ts';
import { uidOfDropletName } from '../model/identity.ts';
import type { BotRecord } from '../model/records.ts';
import type { ResourceKey } from '../model/resource-key.ts';
import { conditionOf } from '../model/spec/condition.ts';

/** What would happen to one bot. `calls` are cloud mutations in their order. */
export interface BotPlan {
  readonly key: ResourceKey;
  readonly kind: 'create' | 'replace' | 'change' | 'delete' | 'wait' | 'none';
  readonly reason: string;
  readonly calls: readonly string[];
  readonly costDeltaMonthlyUSD: number;
  /** Why the bot waits, when it does. */
  readonly waits?: string;
}

export interface FleetPlan {
  readonly bots: readonly BotPlan[];
  /** Calls that change the cloud. */
  readonly calls: number;
  /** Once everything planned is done. */
  readonly costMonthlyUSD: number;
  readonly costDeltaMonthlyUSD: number;
  /** What the call budget alone makes it take; absent when it fits into one minute's calls. */
  readonly seconds?: number;
}

export interface Imagined {
  readonly before: readonly BotRecord[];
  readonly after: DryRunSource;
  readonly calls: readonly DryRunCall[];
  /** Calls a minute that the budget allows. */
  readonly minuteLimit: number;
}

export function summarisePlan(imagined: Imagined): FleetPlan {
  const { before, after, calls, minuteLimit } = imagined;
  const bots = before.map((bot) => planOf(bot, imagined)).sort((a, b) => a.key.localeCompare(b.key));
  const costMonthlyUSD = round([...after.bots()].reduce((sum, bot) => sum + priceOf(bot), 0));
  const costDeltaMonthlyUSD = round(bots.reduce((sum, bot) => sum + bot.costDeltaMonthlyUSD, 0));
  const minutes = Math.ceil(calls.length / minuteLimit) - 1;
  return {
    bots,
    calls: calls.length,
    costMonthlyUSD,
    costDeltaMonthlyUSD,
    ...(minutes > 0 && { seconds: minutes * 60 }),
  };
}

function planOf(bot: BotRecord, { after, calls }: Imagined): BotPlan {
  const then = after.bot(bot.key);
  const own = calls.filter((call) => isAbout(call, bot, then)).map(({ call }) => call);
  const kind = kindOf(bot, own, then);
  const waiting = then && waitingOf(then);
  return {
    key: bot.key,
    kind,
    reason: reasonOf(bot, kind, after),
    calls: own,
    costDeltaMonthlyUSD: round((then ? priceOf(then) : 0) - priceOf(bot)),
    ...(waiting !== undefined && { waits: waiting }),
  };
}

function isAbout(call: DryRunCall, before: BotRecord, then: BotRecord | undefined): boolean {
  if (uidOfDropletName(call.dropletName) === before.uid) return true;
  return call.dropletID === before.status.droplet?.id || call.dropletID === then?.status.droplet?.id;
}

function kindOf(bot: BotRecord, calls: readonly string[], then: BotRecord | undefined): BotPlan['kind'] {
  const creates = calls.some((call) => call.startsWith('POST /v2/droplets ('));
  const destroys = calls.some((call) => call.startsWith('DELETE /v2/droplets/'));
  if (creates) return destroys ? 'replace' : 'create';
  if (bot.deletion && !then) return 'delete';
  if (calls.length > 0) return 'change';
  return then && waitingOf(then) !== undefined ? 'wait' : 'none';
}

/** What keeps the bot from being as declared at the end of the plan: it waits, or needs a new droplet that nobody has asked for. */
function waitingOf(bot: BotRecord): string | undefined {
  const ready = conditionOf(bot.status, 'Ready');
  if (ready && ready.status !== 'True') return `${ready.reason}: ${ready.message}`;
  const replacement = conditionOf(bot.status, 'ReplacementNeeded');
  return replacement?.status === 'True' ? `ReplacementNeeded: ${replacement.message}` : undefined;
}

function reasonOf(bot: BotRecord, kind: BotPlan['kind'], after: DryRunSource): string {
  if (kind === 'create') return bot.status.knownDropletIDs ? 'its droplet is gone' : 'it has no droplet yet';
  if (kind === 'delete') return 'it is no longer declared';
  if (kind === 'none' || kind === 'wait') return '';
  const events = after.events.filter((event) => event.uid === bot.uid && event.reason !== 'ActionSent');
  return events[0]?.message ?? 'the droplet differs from what is declared';
}

function priceOf(bot: BotRecord): number {
  return bot.status.droplet?.priceMonthlyUSD ?? 0;
}

function round(usd: number): number {
  return Math.round(usd * 100) / 100;
}
