import { setImmediate as nextTurn } from 'node:timers/promises';
import { DryRunCloud } from '../adapters/dry-run/dry-run-cloud.ts';
import { DryRunSource } from '../adapters/dry-run/dry-run-source.ts';
import { seededChance } from '../adapters/system/seeded-chance.ts';
import { VirtualClock } from '../adapters/system/virtual-clock.ts';
import { createController } from '../controller/controller.ts';
import type { EngineSettings } from '../controller/settings.ts';
import type { Cloud, Clouds } from '../ports/cloud.ts';
import { soleLeader } from '../ports/leadership.ts';
import { silentLog } from '../ports/log.ts';
import { noMetrics } from '../ports/metrics.ts';
import type { SourceReader } from '../ports/source-reader.ts';
import { type FleetPlan, summarisePlan } from './summarise-plan.ts';
import { composeUserData } from './user-data.ts';

export type { BotPlan, FleetPlan } from './summarise-plan.ts';

/** Stands for the fleet's id where no controller ever ran: no droplet carries it. */
const unbornFleet = 'unborn';
/** Virtual time without any call after which nothing more is expected; longer than any wait of the engine's own. */
const quietMs = 300_000;
const longestMs = 86_400_000;
/** Turns of the event loop in which the engine's promises settle between two timers. */
const settleTurns = 3;

/**
 * Runs the real engine on a copy of the source and an imagined future of the cloud, in virtual time, and returns
 * what it did: so a plan is what `run` then does. Reads the real cloud; changes nothing.
 */
export async function planFleet(
  reader: SourceReader,
  clouds: Clouds,
  settings: EngineSettings,
): Promise<FleetPlan> {
  const clock = new VirtualClock(Date.now());
  const source = new DryRunSource(reader, unbornFleet, clock.now());
  const imagined = new Map<Cloud, DryRunCloud>();
  const controller = createController({
    source,
    clouds: {
      forToken: (token) => imagine(imagined, clouds.forToken(token), clock),
      // What was imagined of it belongs to the plan.
      release: () => {},
    },
    clock,
    chance: seededChance(1),
    log: silentLog,
    metrics: noMetrics,
    settings,
    leadership: soleLeader,
    userData: composeUserData,
  });
  const before = reader.bots();
  await controller.start();
  await runUntilQuiet(clock, imagined);
  await controller.stop();
  const calls = [...imagined.values()].flatMap((cloud) => cloud.calls);
  const { minuteLimit } = clouds.forToken(undefined).budget.snapshot();
  return summarisePlan({ before, after: source, calls, minuteLimit });
}

function imagine(imagined: Map<Cloud, DryRunCloud>, real: Cloud, clock: VirtualClock): DryRunCloud {
  const known = imagined.get(real) ?? new DryRunCloud(real, clock);
  imagined.set(real, known);
  return known;
}

async function runUntilQuiet(clock: VirtualClock, imagined: ReadonlyMap<Cloud, DryRunCloud>): Promise<void> {
  const countCalls = () => [...imagined.values()].reduce((sum, cloud) => sum + cloud.calls.length, 0);
  let seen = -1;
  let since = 0;
  while (clock.monotonic() < longestMs && clock.monotonic() - since < quietMs) {
    await settle(imagined);
    if (countCalls() !== seen) since = clock.monotonic();
    seen = countCalls();
    if (!clock.runNext()) return;
  }
}

/** Resolves once nothing goes on any more until the clock moves: no call to the real cloud, no promise of the engine's. */
async function settle(imagined: ReadonlyMap<Cloud, DryRunCloud>): Promise<void> {
  for (let turn = 0; turn < settleTurns; turn += 1) {
    await nextTurn();
    for (const cloud of imagined.values()) if (await cloud.idle()) turn = 0;
  }
}
