import type { CloudOverview, FleetOverview, StalledBot } from '../../model/fleet-overview.ts';
import type { Hold } from '../../model/fleet-state.ts';
import { problemText } from '../../model/problem.ts';
import type { BotRecord } from '../../model/records.ts';
import { type Phase, phases } from '../../model/spec/bot-status.ts';
import { conditionOf } from '../../model/spec/condition.ts';
import type { CloudSite } from '../cloud/cloud-site.ts';
import type { Engine, EngineAgents, EngineFleet } from '../engine/engine.ts';
import { oldStateMessage } from '../fleet/state-age.ts';
import type { EngineParts } from '../parts.ts';
import { accountTrouble } from '../quota/account-reporter.ts';

/** The whole fleet in figures, from the caches alone. */
export function overviewOf(engine: Engine): FleetOverview {
  const { invalidBots, ...tally } = tallyOf(engine.source.bots());
  const troubles = [...engine.source.accounts()].flatMap((account) => accountTrouble(account) ?? []);
  const clouds = engine.sites.all().map((site) => cloudOf(engine, site));
  return {
    fleetID: engine.source.fleet().state.fleetID,
    ...tally,
    invalid: { Bot: invalidBots, Account: troubles.length },
    creating: engine.sites.all().reduce((sum, site) => sum + site.admission.creating, 0),
    listenedFor: engine.agents?.heartbeats.size ?? 0,
    silentTogether: engine.agents?.heartbeats.silentTogether ?? 0,
    holds: engine.holds.holds(),
    oldState: engine.holds.oldState,
    clouds,
    notReady: notReady(engine, clouds),
    warnings: [
      ...incidentsOf(clouds),
      ...clouds.flatMap(({ restricted }) => restricted ?? []),
      ...shortened(troubles),
      ...shortened(engine.source.health().problems.map(problemText)),
    ],
  };
}

type Tally = Pick<
  FleetOverview,
  'bots' | 'byPhase' | 'ready' | 'stalled' | 'stalledBots' | 'notReadyBy' | 'openAttempts' | 'costMonthlyUSD'
> & { readonly invalidBots: number };

function tallyOf(bots: Iterable<BotRecord>): Tally {
  const byPhase = Object.fromEntries(phases.map((phase) => [phase, 0])) as Record<Phase, number>;
  const notReadyBy: Record<string, number> = {};
  const stalledBots: StalledBot[] = [];
  const tally = { bots: 0, ready: 0, invalidBots: 0, openAttempts: 0, costMonthlyUSD: 0 };
  for (const { namespace, name, status, problems } of bots) {
    const ready = conditionOf(status, 'Ready');
    const stalled = conditionOf(status, 'Stalled');
    tally.bots += 1;
    byPhase[status.phase ?? 'Pending'] += 1;
    if (ready?.status === 'True') tally.ready += 1;
    else count(notReadyBy, ready?.reason ?? 'NotSeenYet');
    if (stalled?.status === 'True') stalledBots.push({ namespace, name, reason: stalled.reason });
    tally.invalidBots += Number(problems.length > 0);
    tally.openAttempts += Number(status.createAttempt !== undefined);
    tally.costMonthlyUSD += status.droplet?.priceMonthlyUSD ?? 0;
  }
  const costMonthlyUSD = Math.round(tally.costMonthlyUSD * 100) / 100;
  return { ...tally, byPhase, notReadyBy, stalledBots, stalled: stalledBots.length, costMonthlyUSD };
}

function count(counts: Record<string, number>, what: string): void {
  counts[what] = (counts[what] ?? 0) + 1;
}

function cloudOf(engine: EngineParts & EngineFleet, site: CloudSite): CloudOverview {
  const { identity, blocked, standing } = site.situation();
  const since = site.view.wholeSince;
  return {
    apiURL: identity?.apiURL ?? site.cloud.apiURL,
    accountUUID: identity?.accountUUID,
    trouble: blocked?.message,
    incident: site.incidents.current?.message,
    restricted: standing?.message,
    accountStatus: site.account?.status,
    droplets: site.view.size,
    orphans: engine.orphans.overview(site),
    dropletLimit: site.account?.dropletLimit,
    budget: site.cloud.budget.snapshot(),
    viewAgeMs: since === undefined ? undefined : engine.clock.monotonic() - since,
  };
}

/** A warning, for an incident ends by itself: bots are served meanwhile, and no probe should take the process away from them. */
function incidentsOf(clouds: readonly CloudOverview[]): string[] {
  return clouds.flatMap(({ incident }) => incident ?? []);
}

function notReady(
  engine: EngineParts & EngineFleet & EngineAgents,
  clouds: readonly CloudOverview[],
): string[] {
  const { oldState } = engine.holds;
  const reasons = [
    engine.gate.mismatch()?.message,
    engine.gate.createsForbidden()?.message,
    ...clouds.map(
      (cloud) =>
        cloud.trouble ?? (cloud.viewAgeMs === undefined ? 'the fleet has not been listed yet' : undefined),
    ),
    oldState && oldStateMessage(oldState),
    ...engine.holds.holds().map(holdReason),
  ];
  return reasons.filter((reason) => reason !== undefined);
}

function holdReason({ kind, keys, until }: Hold): string {
  if (kind === 'destroy')
    return `${keys.length} destructions that nobody asked for are held, beyond as many as are usual; see \`clawfleet fleet\``;
  return until === undefined
    ? `${keys.length} bots are held after a mass loss (${kind}); see \`clawfleet fleet\``
    : `no bot is declared any more: ${keys.join(', ')} not deleted before ${until}; see \`clawfleet fleet\``;
}

/** Lines that anyone reads; that there are more says the last. */
const mostLines = 10;

function shortened(lines: readonly string[]): readonly string[] {
  const more = lines.length - mostLines;
  if (more <= 0) return lines;
  return [...lines.slice(0, mostLines), `${more} more like these; \`clawfleet validate\` lists them all`];
}
