import type { FaultRule } from '../../src/adapters/simulator/faults/fault-rule.ts';
import type { Settings } from '../../src/adapters/simulator/settings.ts';
import { seededChance } from '../../src/adapters/system/seeded-chance.ts';
import type { Chance } from '../../src/ports/chance.ts';
import { Caretaker } from './caretaker.ts';
import { DeclaredFleet } from './declared-fleet.ts';
import { Ledger } from './ledger.ts';
import { Onlooker } from './onlooker.ts';
import { People } from './people.ts';
import { drawTroubles, type Scene, type Trouble } from './troubles.ts';
import { Truth } from './truth.ts';
import { faultsFound, hecticReads, waitsOfNoReason } from './verdict.ts';
import { World } from './world.ts';

export interface RunReport {
  readonly faults: readonly string[];
  /** Names of the troubles that it had beside faults and kills. */
  readonly troubles: readonly string[];
  readonly kills: number;
  readonly mutations: number;
  /** Creates beside a living droplet that a long lie or a second controller explains. */
  readonly excused: number;
  readonly logs: readonly string[];
}

const convergeMs = 4 * 3_600_000;
const quietMs = 900_000;
const minute = 60_000;

interface Run {
  readonly world: World;
  readonly fleet: DeclaredFleet;
  readonly ledger: Ledger;
  readonly onlooker: Onlooker;
  /** Decides what the troubles do. */
  readonly luck: Chance;
  readonly troubles: ReadonlyMap<string, Trouble>;
}

/**
 * One seeded run: a fleet is declared, changed and partly taken away while answers are lost, refused, late and wrong,
 * lists lag, the process is killed at random steps, and troubles of every kind happen. Then the trouble ends, a person does
 * what conditions ask for, and within four hours of virtual time desired must equal actual; after that a quarter of an hour
 * must pass without any mutation or write. What no controller may ever do is watched all the time.
 */
export async function seededRun(seed: number): Promise<RunReport> {
  const chance = seededChance(seed * 7919 + 1);
  const luck = seededChance(seed * 104_729 + 3);
  const troubles = drawTroubles(luck);
  const world = new World({ seed, cloud: roughCloud(chance), faults: roughFaults(chance) });
  try {
    const fleet = new DeclaredFleet(world, chance);
    const ledger = new Ledger(world);
    const onlooker = new Onlooker(new Truth(world, fleet, ledger));
    world.witness = onlooker;
    const run = { world, fleet, ledger, onlooker, luck, troubles };
    const kills = await troubledTimes(run, chance);
    const calmSince = world.simulator.now();
    const faults = [...(await calmTimes(run)), ...onlooker.violations, ...hecticReads(world, calmSince)];
    const { excused } = onlooker;
    return {
      faults,
      troubles: [...troubles.keys()],
      kills,
      mutations: world.mutations(),
      excused,
      logs: world.logs,
    };
  } finally {
    for (const trouble of troubles.values()) trouble.end?.();
    world.close();
  }
}

async function troubledTimes(run: Run, chance: Chance): Promise<number> {
  const { fleet, luck, troubles } = run;
  for (const trouble of troubles.values()) trouble.begin?.(sceneOf(run));
  for (let bots = 1 + Math.floor(chance.random() * 6); bots > 0; bots -= 1) fleet.add();
  if (troubles.size > 0) for (let bots = luck.random() * 8; bots > 1; bots -= 1) fleet.add();
  let kills = 0;
  for (let chapter = 0; chapter < 8; chapter += 1) if (await troubledChapter(run, chance)) kills += 1;
  return kills;
}

/** Whether the process was dead at its beginning. */
async function troubledChapter(run: Run, chance: Chance): Promise<boolean> {
  const { world, fleet, ledger, onlooker, luck } = run;
  const upTo = (most: number) => 1 + Math.floor(chance.random() * most);
  const wasDead = !world.alive;
  if (wasDead) await world.start(lifetime(run, upTo(60)));
  for (let changes = upTo(3); changes > 0; changes -= 1) fleet.change();
  await world.rescan();
  if (chance.random() < 0.5) new People(world, ledger, chance).meddle(2);
  await world.pass(chance.random() ** 3 * 200_000);
  for (const trouble of run.troubles.values()) {
    await trouble.strike(sceneOf(run));
    await world.pass(luck.random() ** 2 * 120_000);
  }
  onlooker.tell(waitsOfNoReason(world));
  return wasDead;
}

function sceneOf({ world, fleet, ledger, onlooker, luck }: Run): Scene {
  return { world, fleet, ledger, onlooker, chance: luck };
}

/** Steps until the process dies. Troubles of other kinds need one that often lives through them. */
function lifetime({ troubles, luck }: Run, steps: number): number {
  return troubles.size > 0 && luck.random() < 0.6 ? steps * 50 : steps;
}

async function calmTimes(run: Run): Promise<string[]> {
  const { world, fleet, ledger, luck } = run;
  await endTroubles(run);
  const caretaker = new Caretaker(world, fleet, ledger, luck);
  const end = world.clock.monotonic() + convergeMs;
  while (world.clock.monotonic() < end) {
    if (await within(world, minute, () => isConverged(run))) return quietTimes(world);
    await caretaker.tend();
  }
  return [
    ...faultsFound(run),
    `${world.controller.overview().ready} of ${fleet.bots.size} ready`,
    ...unready(world),
  ];
}

async function endTroubles({ world, troubles }: Run): Promise<void> {
  const { simulator } = world;
  for (const trouble of troubles.values()) trouble.end?.();
  simulator.faults.withdraw();
  simulator.change({ shutdownIgnored: 0, shutdownErrored: 0, deleteIgnored: 0, createFails: 0 });
  simulator.change({ bootStuck: 0, actionStuck: 0, tagLagMs: 0 });
  for (const { id } of simulator.droplets())
    simulator.edit(id, { ignoresDelete: false, ignoresShutdown: false, stuck: false });
  world.spare();
  if (!world.alive) await world.start();
  await world.rescan();
}

/** Whether `done` within that time. */
async function within(world: World, longestMs: number, done: () => boolean): Promise<boolean> {
  const end = world.clock.monotonic() + longestMs;
  while (world.clock.monotonic() < end) {
    await world.pass(1_000);
    if (done()) return true;
  }
  return false;
}

function isConverged(run: Run): boolean {
  const { world, fleet } = run;
  const { bots, ready } = world.controller.overview();
  const upToDate = [...world.source.bots()].every((bot) => bot.status.observedGeneration === bot.generation);
  return upToDate && bots === fleet.bots.size && ready === bots && faultsFound(run).length === 0;
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
