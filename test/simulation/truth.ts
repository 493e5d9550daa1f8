import type { DirectorySource } from '../../src/adapters/directory/directory-source.ts';
import type { BotRecord } from '../../src/model/records.ts';
import type { DeclaredFleet } from './declared-fleet.ts';
import type { Ledger } from './ledger.ts';
import type { World } from './world.ts';

export type Droplet = ReturnType<World['simulator']['droplets']>[number];

/** What a droplet was born as, whatever people made of it since. */
interface Born {
  readonly name: string;
  readonly tags: readonly string[];
}

/** Cloud and people explain for so long what a controller does, in ms. */
const excuseMs = 900_000;

/** What is so, which no controller knows for certain: what lives, as what it was made, and what was declared. */
export class Truth {
  readonly fleet: DeclaredFleet;
  readonly ledger: Ledger;
  readonly #world: World;
  readonly #born = new Map<number, Born>();

  constructor(world: World, fleet: DeclaredFleet, ledger: Ledger) {
    this.#world = world;
    this.fleet = fleet;
    this.ledger = ledger;
  }

  /** Monotonic ms. */
  get now(): number {
    return this.#world.clock.monotonic();
  }

  /** What happened since excuses what happens now; monotonic ms. */
  get excusedSince(): number {
    return this.now - excuseMs;
  }

  /** All that live. To be asked after whatever may have made one. */
  droplets(): readonly Droplet[] {
    const droplets = this.#world.simulator.droplets();
    for (const { id, name, tags } of droplets) if (!this.#born.has(id)) this.#born.set(id, { name, tags });
    return droplets;
  }

  bornAs(id: number): Born {
    return this.#born.get(id) ?? { name: '', tags: [] };
  }

  /** The bot that records it by that state, else the one whose name it was born with. */
  ownerOf(by: DirectorySource, id: number): BotRecord | undefined {
    const bots = [...by.bots()];
    const { name } = this.bornAs(id);
    return bots.find(({ status }) => status.droplet?.id === id) ?? bots.find(({ uid }) => name.endsWith(uid));
  }
}
