import { fixedUUID } from '../catalogue/fixed-uuid.ts';
import type { SimulatorOptions, SimulatorProject } from '../options.ts';
import { defaultSettings } from '../settings.ts';
import { CloudTime } from './cloud-time.ts';
import type { StateLine } from './state-file.ts';
import { World } from './world.ts';
import { latestTime, restore } from './world-lines.ts';

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

const defaultProject = 'default';

/** The initial world: the kept state, and the projects that the options add. */
export function foundWorld(options: SimulatorOptions, lines: readonly StateLine[]): World {
  const { clock, chance } = options;
  const world = new World({
    chance,
    settings: { ...defaultSettings, ...options.settings },
    accountUUID: options.accountUUID ?? chance.uuid(),
    kept: options.file !== undefined,
    time: new CloudTime(clock, latestTime(lines)),
    onTouched: new Set(),
  });
  restore(world, lines);
  addProjects(world, options.projects ?? []);
  return world;
}

/** Adds the projects that the team does not have yet, including the default one. */
function addProjects(world: World, projects: readonly SimulatorProject[]): void {
  const { chance } = world;
  const known = new Set(Array.from(world.projects.values(), ({ name }) => name));
  for (const { id, name } of [{ id: chance.uuid(), name: defaultProject }, ...projects]) {
    if (known.has(name)) continue;
    const isDefault = name === defaultProject;
    const project = { id: id ?? chance.uuid(), name, isDefault, createdAt: world.now };
    world.projects.set(project.id, project);
  }
}
