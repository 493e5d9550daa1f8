import { fixedUUID } from '../catalogue/fixed-uuid.ts';
import { addProjects } from './found-world.ts';
import { World } from './world.ts';

/** The team of every token that names no other. */
export const mainTeam = 'main';
/** Ids are one sequence for the whole cloud; each further team has its own piece of it. */
const idsATeam = 10_000_000;

/**
 * The teams of the simulated cloud: each has droplets, images, keys and tags of its own, all share time and settings.
 * Teams beside the main one begin empty when they are first named, and are kept in memory only.
 */
export class Teams {
  readonly main: World;
  readonly #others = new Map<string, World>();

  constructor(main: World) {
    this.main = main;
  }

  of(name: string): World {
    if (name === mainTeam) return this.main;
    const known = this.#others.get(name);
    if (known) return known;
    const made = this.#found(name);
    this.#others.set(name, made);
    return made;
  }

  /** The team's world that holds the droplet; undefined when none does. */
  holding(dropletID: number): World | undefined {
    return [this.main, ...this.#others.values()].find(({ droplets }) => droplets.has(dropletID));
  }

  /** Lets everything take effect, everywhere, that was due by now. */
  settle(): void {
    this.main.settle();
    for (const world of this.#others.values()) world.settle();
  }

  skip(ms: number): void {
    this.main.skip(ms);
    this.settle();
  }

  #found(name: string): World {
    const { chance, settings, time, onTouched } = this.main;
    const accountUUID = fixedUUID(`team ${name}`);
    const world = new World({ chance, settings, time, onTouched, accountUUID, kept: false });
    const shift = (this.#others.size + 1) * idsATeam;
    for (const kind of ['droplet', 'action', 'image', 'key'] as const) world.ids[kind] += shift;
    addProjects(world, []);
    return world;
  }
}
