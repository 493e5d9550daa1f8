import type { Clock } from '../../ports/clock.ts';
import type { Agents } from '../agents/agents.ts';
import type { Sites } from '../cloud/sites.ts';
import type { FleetGate } from '../fleet/fleet-gate.ts';
import type { MassLossHolds } from '../fleet/mass-loss-holds.ts';
import type { OrphanSweep } from '../fleet/orphan-sweep.ts';
import { OwnerIndex } from '../fleet/owner-index.ts';
import type { SourceTrouble } from '../fleet/source-trouble.ts';
import type { Tombstones } from '../fleet/tombstones.ts';
import { EventDeduplicator } from '../memory/event-deduplicator.ts';
import { InDoubtTracker } from '../memory/in-doubt-tracker.ts';
import { LastDecisions } from '../memory/last-decisions.ts';
import { RecentEffects } from '../memory/recent-effects.ts';
import type { EngineParts } from '../parts.ts';
import type { AccountReporter } from '../quota/account-reporter.ts';
import { QuotaTracker } from '../quota/quota-tracker.ts';
import type { EngineSettings } from '../settings.ts';
import type { RecordIndexes } from './record-indexes.ts';

/** What the engine remembers. All of it can be lost at any time; none of it decides anything by itself. */
export interface EngineMemory {
  readonly owners: OwnerIndex;
  readonly quota: QuotaTracker;
  readonly doubts: InDoubtTracker;
  readonly effects: RecentEffects;
  readonly decisions: LastDecisions;
  readonly events: EventDeduplicator;
}

/** What concerns the fleet as a whole: its clouds, its own record and its accounts. */
export interface EngineFleet {
  readonly sites: Sites;
  readonly holds: MassLossHolds;
  readonly tombstones: Tombstones;
  readonly gate: FleetGate;
  readonly sourceTrouble: SourceTrouble;
  readonly orphans: OrphanSweep;
  readonly accounts: AccountReporter;
}

export interface EngineAgents {
  /** Undefined when no bot API is served. */
  readonly agents: Agents | undefined;
}

/** Everything that a pass works with. A function that needs one facet takes that one. */
export interface Engine extends EngineParts, EngineMemory, EngineFleet, EngineAgents {
  readonly indexes: RecordIndexes;
}

export function openMemory(
  clock: Clock,
  { settlingWindowMs, shutdownGraceMs }: EngineSettings,
): EngineMemory {
  return {
    owners: new OwnerIndex(),
    quota: new QuotaTracker(() => clock.now()),
    doubts: new InDoubtTracker(clock, settlingWindowMs),
    effects: new RecentEffects(clock, Math.max(settlingWindowMs, shutdownGraceMs)),
    decisions: new LastDecisions(),
    events: new EventDeduplicator(),
  };
}
