import { birthTag } from '../../src/model/birth.ts';
import { botTag, fleetTag, releasedTag } from '../../src/model/identity.ts';
import type { Chance } from '../../src/ports/chance.ts';
import type { Ledger } from './ledger.ts';
import type { World } from './world.ts';

type Droplet = ReturnType<World['simulator']['droplets']>[number];

/** What people do in the control panel, at random, without asking anybody. */
export class People {
  readonly #world: World;
  readonly #ledger: Ledger;
  readonly #chance: Chance;

  constructor(world: World, ledger: Ledger, chance: Chance) {
    this.#world = world;
    this.#ledger = ledger;
    this.#chance = chance;
  }

  /** Powers a droplet on or off, takes a tag from it, renames it, or destroys it. */
  meddle(mostDestroyed: number): void {
    const droplet = this.#any();
    if (!droplet) return;
    const dice = this.#chance.random();
    const { simulator } = this.#world;
    if (dice < 0.4) simulator.edit(droplet.id, { status: droplet.status === 'off' ? 'active' : 'off' });
    else if (dice < 0.7) this.#ledger.tag(droplet.id, droplet.tags.slice(1));
    else if (dice < 0.8 && droplet.status !== 'new') this.#ledger.rename(droplet.id, 'somebody-elses-idea');
    else if (dice < 0.9 && this.#ledger.destroyed.length < mostDestroyed) this.#ledger.destroy(droplet.id);
  }

  /** Restores snapshots under the bots' names, or takes a droplet out of the fleet. */
  takeOver(): void {
    const dice = this.#chance.random();
    const droplet = this.#any();
    if (!droplet) return;
    const all = this.#world.simulator.droplets();
    const copied = dice < 0.6 ? [droplet] : all.slice(0, 6);
    if (dice < 0.2) this.#release(droplet);
    else
      for (const like of copied)
        this.#ledger.make({ names: [like.name], like: like.id, tags: this.#copiedTags(like) });
  }

  #any(): Droplet | undefined {
    const droplets = this.#world.simulator.droplets();
    return droplets[Math.floor(this.#chance.random() * droplets.length)];
  }

  /** The panel copies none; a careful person sets those that seem to matter; a script copies all, as they were once. */
  #copiedTags({ tags }: Droplet): string[] {
    const dice = this.#chance.random();
    if (dice < 0.3) return [];
    if (dice < 0.6) return tags.filter((tag) => !/^(birth|request)-/.test(tag));
    return dice < 0.75 ? [...tags] : tags.map((tag) => (tag.startsWith('birth-') ? birthTag(1) : tag));
  }

  /** As a deletion with policy Orphan would. */
  #release({ id, tags }: Droplet): void {
    const { fleetID } = this.#world.source.fleet().state;
    this.#ledger.tag(id, [...tags.filter((tag) => tag !== fleetTag(fleetID)), releasedTag]);
  }

  /** Gives a droplet back to its bot. */
  giveBack(id: number, uid: string): void {
    const droplet = this.#world.simulator.droplets().find((one) => one.id === id);
    if (!droplet) return;
    const { fleetID } = this.#world.source.fleet().state;
    const kept = droplet.tags.filter((tag) => tag !== releasedTag);
    this.#ledger.tag(id, [...new Set([...kept, fleetTag(fleetID), botTag(uid)])]);
  }
}
