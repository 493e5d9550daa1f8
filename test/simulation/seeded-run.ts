import type { FaultRule } from '../../src/adapters/simulator/faults/fault-rule.ts';
import type { Settings } from '../../src/adapters/simulator/settings.ts';
import { seededChance } from '../../src/adapters/system/seeded-chance.ts';
import type { Chance } from '../../src/ports/chance.ts';
import { DeclaredFleet } from './declared-fleet.ts';
import { faultsFound, hecticReads } from './verdict.ts';
import { World } from './world.ts';

export interface RunReport {
  readonly faults: readonly string[];
  readonly kills: number;
  readonly mutations: number;
  readonly logs: readonly string[];
}

const convergeMs = 4 * 3_600_000;
const quietMs = 900_000;

/**
 * One seeded run: a fleet is declared, changed and partly taken away while answers are lost, refused, late and wrong,
 * lists lag, and the process is killed at random steps. Then the trouble ends, and within four hours of virtual time
 * desired must equal actual; after that a quarter of an hour must pass without any mutation or write.
 */
export async function seededRun(seed: number): Promise<RunReport> {
  const chance = seededChance(seed * 7919 + 1);
  const world = new World({ seed, cloud: roughCloud(chance), faults: roughFaults(chance) });
  try {
    const fleet = new DeclaredFleet(world, chance);
    const kills = await troubledTimes(world, fleet, chance);
    const faults = [...(await calmTimes(world, fleet)), ...hecticReads(world)];
    return { faults, kills, mutations: world.mutations(), logs: world.logs };
  } finally {
    world.close();
  }
}

async function troubledTimes(world: World, fleet: DeclaredFleet, chance: Chance): Promise<number> {
  const upTo = (most: number) => 1 + Math.floor(chance.random() * most);
  for (let bots = upTo(6); bots > 0; bots -= 1) fleet.add();
  let kills = 0;
  for (let chapter = 0; chapter < 8; chapter += 1) {
    if (!world.alive) {
      await world.start(upTo(60));
      kills += 1;
    }
    for (let changes = upTo(3); changes > 0; changes -= 1) fleet.change();
    await world.rescan();
    if (chance.random() < 0.5) fleet.meddle();
    await world.pass(chance.random() ** 3 * 200_000);
  }
  return kills;
}

async function calmTimes(world: World, fleet: DeclaredFleet): Promise<string[]> {
  for (const { id } of world.simulator.faults.list()) world.simulator.faults.withdraw(id);
  world.simulator.change({ shutdownIgnored: 0, shutdownErrored: 0, deleteIgnored: 0, createFails: 0 });
  for (const { id } of world.simulator.droplets())
    world.simulator.edit(id, { ignoresDelete: false, ignoresShutdown: false });
  world.spare();
  if (!world.alive) await world.start();
  await world.rescan();
  const converged = () => {
    const { bots, ready } = world.controller.overview();
    const upToDate = [...world.source.bots()].every(
      (bot) => bot.status.observedGeneration === bot.generation,
    );
    return upToDate && bots === fleet.bots.size && ready === bots && faultsFound(world, fleet).length === 0;
  };
  try {
    await world.until(converged, convergeMs, 'converged');
  } catch {
    return [
      ...faultsFound(world, fleet),
      `${world.controller.overview().ready} of ${fleet.bots.size} ready`,
      ...unready(world),
    ];
  }
  return quietTimes(world);
}

async function quietTimes(world: World): Promise<string[]> {
  await world.pass(60_000);
  const before = { mutations: world.mutations(), writes: world.writes };
  await world.pass(quietMs);
  const faults: string[] = [];
  if (world.mutations() !== before.mutations)
    faults.push(`${world.mutations() - before.mutations} mutations once converged`);
  if (world.writes !== before.writes) faults.push(`${world.writes - before.writes} writes once converged`);
  return faults;
}

function unready(world: World): string[] {
  return [...world.source.bots()].flatMap((bot) => {
    const ready = bot.status.conditions?.find((condition) => condition.type === 'Ready');
    return ready?.status === 'True'
      ? []
      : [`${bot.key} ${bot.status.phase}: ${ready?.reason}: ${ready?.message}`];
  });
}

function roughCloud(chance: Chance): Partial<Settings> {
  const upTo = (most: number) => Math.floor(chance.random() * most);
  return {
    bootMs: upTo(60_000),
    actionMs: upTo(20_000),
    deleteMs: upTo(20_000),
    listLagMs: upTo(20_000),
    getLagMs: upTo(5_000),
    addressLagMs: upTo(5_000),
    jitter: 0.3,
    lateTags: chance.random() * 0.5,
    shutdownIgnored: chance.random() * 0.5,
    shutdownErrored: chance.random() * 0.2,
    deleteIgnored: chance.random() * 0.3,
    deleteRefused: chance.random() * 0.3,
    minuteLimit: 60 + upTo(200),
  };
}

function roughFaults(chance: Chance): FaultRule[] {
  const p = () => chance.random() * 0.06;
  return [
    { effect: 'cutAfter', probability: p() },
    { effect: 'cutBefore', probability: p() },
    { effect: 'cutDuring', probability: p() },
    { effect: 'hangAfter', probability: p() / 2 },
    { effect: 'hangBefore', probability: p() / 2 },
    { effect: 'late', probability: p() / 2, delayMs: 20_000 },
    { effect: 'status', status: 503, html: true, probability: p() },
    { effect: 'status', status: 500, applied: true, probability: p() },
    { effect: 'status', status: 429, retryAfterSeconds: 5, probability: p() },
    { effect: 'brokenJSON', probability: p() },
  ];
}
