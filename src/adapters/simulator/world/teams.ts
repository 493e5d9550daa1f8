import { fixedUUID } from '../catalogue/fixed-uuid.ts';
import { addProjects } from './found-world.ts';
import { World } from './world.ts';

/** The team of every token that names no other. */
export const mainTeam = 'main';
/** Ids are one sequence for the whole cloud; each further team has its own range of it. */
const idsATeam = 10_000_000;

/**
 * The teams of the simulated cloud: each has its own droplets, images, keys and tags; all share time and
 * settings. Teams besides the main one start empty when first named, and are kept only in memory.
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

  /** The world of the team that has the droplet; undefined if none has. */
  ofDroplet(dropletID: number): World | undefined {
    return [this.main, ...this.#others.values()].find(({ droplets }) => droplets.has(dropletID));
  }

  /** Applies everything that is due by now, in every team. */
  catchUp(): void {
    this.main.catchUp();
    for (const world of this.#others.values()) world.catchUp();
  }

  skip(ms: number): void {
    this.main.skip(ms);
    this.catchUp();
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
