import type { Clock } from '../../ports/clock.ts';
import type { Agents } from '../agents/agents.ts';
import type { Sites } from '../cloud/sites.ts';
import type { FleetGate } from '../fleet/fleet-gate.ts';
import type { FleetKeeper } from '../fleet/fleet-keeper.ts';
import type { Graveyard } from '../fleet/graveyard.ts';
import type { OrphanSweep } from '../fleet/orphan-sweep.ts';
import { Owners } from '../fleet/owners.ts';
import type { SourceTrouble } from '../fleet/source-trouble.ts';
import { DecisionBook } from '../memory/decision-book.ts';
import { DoubtBook } from '../memory/doubt-book.ts';
import { EffectMemory } from '../memory/effect-memory.ts';
import { Tellings } from '../memory/telling.ts';
import type { EngineParts } from '../parts.ts';
import type { AccountKeeper } from '../quota/account-keeper.ts';
import { QuotaBook } from '../quota/quota-book.ts';
import type { EngineSettings } from '../settings.ts';

/** The engine's memory: all of it can be lost at any time, none of it decides anything by itself. */
export interface Engine extends EngineParts {
  readonly sites: Sites;
  readonly owners: Owners;
  readonly quota: QuotaBook;
  readonly doubts: DoubtBook;
  readonly effects: EffectMemory;
  readonly decisions: DecisionBook;
  readonly tellings: Tellings;
  readonly keeper: FleetKeeper;
  readonly graves: Graveyard;
  readonly gate: FleetGate;
  readonly sourceTrouble: SourceTrouble;
  readonly orphans: OrphanSweep;
  readonly accounts: AccountKeeper;
  /** Undefined when no bot API is served. */
  readonly agents: Agents | undefined;
}

export interface Books {
  readonly owners: Owners;
  readonly quota: QuotaBook;
  readonly doubts: DoubtBook;
  readonly effects: EffectMemory;
  readonly decisions: DecisionBook;
  readonly tellings: Tellings;
}

export function openBooks(clock: Clock, { settlingWindow, shutdownGrace }: EngineSettings): Books {
  return {
    owners: new Owners(),
    quota: new QuotaBook(() => clock.now()),
    doubts: new DoubtBook(clock, settlingWindow),
    effects: new EffectMemory(clock, Math.max(settlingWindow, shutdownGrace)),
    decisions: new DecisionBook(),
    tellings: new Tellings(),
  };
}
