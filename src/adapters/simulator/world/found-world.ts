import type { SimulatorOptions, SimulatorProject } from '../options.ts';
import { defaultSettings } from '../settings.ts';
import { CloudTime } from './cloud-time.ts';
import type { StateLine } from './state-file.ts';
import { World } from './world.ts';
import { latestTime, restore } from './world-lines.ts';

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
export function addProjects(world: World, projects: readonly SimulatorProject[]): void {
  const { chance } = world;
  const known = new Set(Array.from(world.projects.values(), ({ name }) => name));
  for (const { id, name } of [{ id: chance.uuid(), name: defaultProject }, ...projects]) {
    if (known.has(name)) continue;
    const isDefault = name === defaultProject;
    const project = { id: id ?? chance.uuid(), name, isDefault, createdAt: world.now };
    world.projects.set(project.id, project);
  }
}
