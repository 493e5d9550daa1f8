import type { Chance } from '../../src/ports/chance.ts';
import type { DeclaredFleet } from './declared-fleet.ts';
import type { Ledger } from './ledger.ts';
import type { Onlooker } from './onlooker.ts';
import { People } from './people.ts';
import { takeOver, twinOf } from './twin.ts';

import type { World } from './world.ts';

/** What a run is told of its troubles. */
export interface Scene {
  readonly world: World;
  readonly fleet: DeclaredFleet;
  readonly ledger: Ledger;
  readonly onlooker: Onlooker;
  readonly chance: Chance;
}

/** One kind of trouble. */
export interface Trouble {
  /** What is so from the start. */
  begin?(scene: Scene): void;
  /** What it does once in each chapter of a run, while the controller runs or is down. */
  strike(scene: Scene): Promise<void> | void;
  /** What it has begun ends. */
  end?(): void;
}

const minute = 60_000;
/** No list and no tag lags for so long: whoever puts a state back takes at least this time. */
const restoreMs = 3 * minute;

/** Backups are taken, and put back whenever the controller is down. */
function storeGoesBack(): Trouble {
  const backups: string[] = [];
  const strike: Trouble['strike'] = async ({ world, ledger, onlooker, chance }) => {
    const dice = chance.random();
    if (world.alive) {
      if (dice < 0.5) backups.push(world.backUp());
      if (dice < 0.25) world.kill();
    }
    const backup = backups[Math.floor(chance.random() * backups.length)];
    if (world.alive || backup === undefined || chance.random() < 0.4) return;
    world.putBack(backup);
    onlooker.stateChanged();
    ledger.hasOldState = true;
    await world.pass(restoreMs);
  };
  return { strike };
}

/** A second controller runs for a while on a copy of the state; then one of the two ends. */
class TwoControllers implements Trouble {
  #twin: World | undefined;
  #end = () => {};

  async strike({ world, ledger, onlooker, chance }: Scene): Promise<void> {
    const dice = chance.random();
    if (this.#twin) return this.#goOn(world, onlooker, dice);
    if (!world.alive || dice > 0.4) return;
    ledger.meetTwin(true);
    this.#end = () => ledger.meetTwin(false);
    this.#twin = await twinOf(world, Math.floor(dice * 1e6));
  }

  end(): void {
    this.#twin?.close();
    this.#twin = undefined;
    this.#end();
  }

  async #goOn(world: World, onlooker: Onlooker, dice: number): Promise<void> {
    await this.#twin?.rescan();
    if (dice < 0.4) return;
    if (dice > 0.7 && !world.alive && this.#twin) {
      await takeOver(world, this.#twin.backUp());
      onlooker.stateChanged();
    }
    this.end();
  }
}

/** 404s and lists that lack all, some or one of the droplets, for 5 s to two minutes. */
const cloudLies: Trouble['strike'] = ({ world, ledger, chance }) => {
  if (chance.random() < 0.4 || ledger.isLying) return;
  const forMs = 5_000 + chance.random() * 115_000;
  const droplets = world.simulator.droplets();
  const one = droplets[Math.floor(chance.random() * droplets.length)];
  const whom = [undefined, { every: 2 }, one && { ids: [one.id] }][Math.floor(chance.random() * 3)];
  const how = [
    { method: 'GET' },
    { path: '/v2/droplets', method: 'GET' },
    { path: '/v2/droplets/*', method: 'GET' },
  ];
  ledger.hide(forMs, whom, how[Math.floor(chance.random() * how.length)]);
};

/** Rows that cannot be read, destroys that are refused. */
const cloudRefuses: Trouble['strike'] = ({ world, chance }) => {
  const { faults } = world.simulator;
  const [one] = world.simulator.droplets();
  const forMs = chance.random() * 2 * minute;
  const dice = chance.random();
  if (dice < 0.3 && one) faults.order({ effect: 'garble', droplets: { ids: [one.id] }, forMs });
  else if (dice < 0.6)
    faults.order({
      ...{ effect: 'status', status: 403, message: 'missing scope droplet:delete', forMs },
      match: { method: 'DELETE' },
    });
};

/** Droplets that stay `new` or show their tags late, actions that never end, lists that come late. */
const cloudDawdles: Trouble['strike'] = ({ world, chance }) => {
  const isStuck = chance.random() < 0.5;
  world.simulator.change({
    // What shows neither its tags nor an end of its boot for longer than 15 minutes is nobody's to know.
    ...(isStuck
      ? { bootStuck: chance.random() * 0.2, lateTags: 0 }
      : { bootStuck: 0, lateTags: chance.random() }),
    actionStuck: chance.random() * 0.15,
    tagLagMs: chance.random() * minute,
    listLagMs: chance.random() * minute,
  });
};

/** More than meddling: snapshots are restored under the bots' names, all bots are redeployed. */
const peopleAct: Trouble['strike'] = ({ world, fleet, ledger, chance }) => {
  if (!world.alive) return;
  const people = new People(world, ledger, chance);
  if (chance.random() < 0.5) people.takeOver();
  if (chance.random() < 0.5) people.meddle(6);
  if (chance.random() < 0.2) for (const name of fleet.bots.keys()) fleet.redeploy(name);
};

const upToAnHour = (chance: Chance) => (chance.random() * 2 - 1) * 60 * minute;

/** The machine's wall clock is set again and again, by up to an hour; the cloud's is off by as much. */
const clocksStep: Trouble = {
  begin: ({ world, chance }) => world.simulator.change({ clockOffsetMs: upToAnHour(chance) }),
  strike({ world, chance }) {
    if (chance.random() < 0.4) world.wallAheadMs = upToAnHour(chance);
  },
};

const makers: Readonly<Record<string, () => Trouble>> = {
  storeGoesBack,
  twoControllers: () => new TwoControllers(),
  cloudLies: () => ({ strike: cloudLies }),
  cloudRefuses: () => ({ strike: cloudRefuses }),
  cloudDawdles: () => ({ strike: cloudDawdles }),
  peopleAct: () => ({ strike: peopleAct }),
  clocksStep: () => clocksStep,
};

export const troubleNames: readonly string[] = Object.keys(makers);

/** Those of a run: none in one run of five, else each as likely as not. */
export function drawTroubles(chance: Chance): ReadonlyMap<string, Trouble> {
  const isCalm = chance.random() < 0.2;
  const drawn = Object.entries(makers).filter(() => chance.random() < 0.4 && !isCalm);
  return new Map(drawn.map(([name, make]) => [name, make()]));
}
