import { fleetTag } from '../model/identity.ts';
import type { ResourceKey } from '../model/resource-key.ts';
import type { Cloud } from '../ports/cloud.ts';
import { Agents } from './agents/agents.ts';
import { usesGPUs } from './cloud/listing.ts';
import { Sites } from './cloud/sites.ts';
import { type Engine, openMemory } from './engine/engine.ts';
import { engineIndexes } from './engine/engine-indexes.ts';
import { otherCloud } from './engine/pass.ts';
import { FleetGate } from './fleet/fleet-gate.ts';
import { MassLossHolds } from './fleet/mass-loss-holds.ts';
import { OrphanSweep } from './fleet/orphan-sweep.ts';
import { SourceTrouble } from './fleet/source-trouble.ts';
import { Tombstones } from './fleet/tombstones.ts';
import { type Hooks, siteEvents } from './observe/site-events.ts';
import type { EngineParts } from './parts.ts';
import type { WorkQueue } from './queue/work-queue.ts';
import { AccountReporter } from './quota/account-reporter.ts';
import { CreateAdmission } from './quota/admission.ts';

/** At most 1 + 5 % of the fleet is re-created at once after losses: HARD-CASES.md#losses-made-good. */
const replacementShare = 0.05;

/** Wires the engine's parts to the queue; nothing runs yet. */
export function buildEngine(parts: EngineParts, queue: WorkQueue<ResourceKey>, hooks: Hooks): Engine {
  const { source, clock, log, settings, leadership } = parts;
  const memory = openMemory(clock, settings);
  const call = (keys: readonly ResourceKey[]) => {
    for (const key of keys) queue.add(key);
  };
  const holds = new MassLossHolds(parts, call);
  const tombstones = new Tombstones(source, clock);
  const gate = new FleetGate(source, settings);
  const sourceTrouble = new SourceTrouble(source, log);
  const { owners, quota } = memory;
  const orphans = new OrphanSweep({
    ...{ source, owners, holds, tombstones, clock, log, settings, leadership },
    mayAct: (site) => !(gate.mismatch() ?? otherCloud(engine, site)),
  });
  const accounts = new AccountReporter({ ...{ source, clock, log, leadership }, quota, call });
  const sites = new Sites(source, parts.clouds, {
    ...{ clock, log, pollMs: settings.pollIntervalMs, sweepMs: settings.sweepIntervalMs },
    fleetTag: () => fleetTag(source.fleet().state.fleetID),
    usesGPUs: () => usesGPUs(source.bots()),
    admissionOf: (cloud) => openAdmission(parts, queue, cloud),
    ...siteEvents(() => engine, queue, hooks),
  });
  const agents =
    settings.agents &&
    new Agents(parts, settings.agents, (key, priority = 'live') => queue.add(key, { priority }));
  const guards = { holds, tombstones, gate, sourceTrouble, orphans, accounts };
  const indexes = engineIndexes({ clock, ...memory, ...guards, agents });
  const engine: Engine = { ...parts, ...memory, ...guards, sites, agents, indexes };
  return engine;
}

function openAdmission(
  parts: EngineParts,
  queue: WorkQueue<ResourceKey>,
  { budget }: Cloud,
): CreateAdmission {
  const { source, clock, settings } = parts;
  return new CreateAdmission({
    clock,
    budget,
    maxConcurrentCreates: settings.maxConcurrentCreates,
    maxReplacements: () => 1 + Math.floor([...source.bots()].length * replacementShare),
    call: (key) => queue.add(key),
  });
}
