import type { ImageRecord } from '../catalogue/images.ts';
import { planTags } from './action-effects.ts';
import { type ChangeKind, changeLine } from './changes.ts';
import { showInLists } from './create-droplet.ts';
import { planDestruction } from './destroy-droplet.ts';
import type { Metered } from './life-log.ts';
import type {
  ActionRecord,
  DropletRecord,
  KeyRecord,
  ProjectRecord,
  TagRecord,
  VPCRecord,
} from './records.ts';
import { conclude } from './run-action.ts';
import type { StateLine } from './state-file.ts';
import type { World } from './world.ts';

/** How many lifetimes of destroyed droplets are kept for the next run: the newest. */
const livesKept = 10_000;

/** The world as lines that `restore` reads. Actions of destroyed droplets are left out. */
export function worldLines(world: World): string[] {
  const over = world.lives.kept().filter(({ destroyedAt }) => destroyedAt !== undefined);
  const forgotten = new Set(over.slice(0, Math.max(0, over.length - livesKept)));
  const lines = (kind: ChangeKind, records: Iterable<object>) =>
    Array.from(records, (record) => changeLine(kind, record));
  return [
    changeLine('account', world.account),
    changeLine('ids', world.ids),
    ...lines('project', world.projects.values()),
    ...lines('tag', world.tags.all()),
    ...lines('key', world.keys.values()),
    ...lines('vpc', world.vpcs.values()),
    ...lines('image', world.images.values()),
    ...lines('droplet', world.droplets.values()),
    ...Array.from(world.userData, ([id, text]) => changeLine('userData', { id, text })),
    ...lines(
      'action',
      [...world.actions.values()].filter(({ dropletID }) => world.droplets.has(dropletID)),
    ),
    ...lines(
      'life',
      world.lives.kept().filter((life) => !forgotten.has(life)),
    ),
  ];
}

/** The latest time in the lines. */
export function latestTime(lines: readonly StateLine[]): number {
  const times = ['createdAt', 'startedAt', 'completedAt', 'destroyedAt'];
  let latest = 0;
  for (const { record } of lines) {
    const fields = record as Record<string, unknown>;
    for (const time of times) latest = Math.max(latest, Number(fields[time] ?? 0));
  }
  return latest;
}

/** Fills an empty world. Everything that was under way continues, and is done if its time has passed. */
export function restore(world: World, lines: readonly StateLine[]): void {
  for (const { kind, record } of lines) {
    const apply = lineAppliers[kind as ChangeKind];
    if (apply === undefined)
      throw new Error(`the simulator's state contains a line of an unknown kind: ${kind}`);
    apply(world, record);
  }
  for (const droplet of world.droplets.values()) {
    showInLists(world, droplet);
    planDestruction(world, droplet);
    if (droplet.status !== 'new') planTags(world, droplet);
  }
  for (const action of world.actions.values()) if (action.status === 'in-progress') conclude(world, action);
  world.catchUp();
}

/** A droplet as an earlier release kept it. */
type Kept = Omit<DropletRecord, 'agentConduct' | 'failedSteps' | 'reboots'>;

type Apply = (world: World, record: unknown) => void;

/** We wrote the lines ourselves, so their records are trusted to have the stated shape. */
const lineAppliers: Readonly<Record<ChangeKind, Apply>> = {
  account: (world, record) => Object.assign(world.account, record),
  ids: (world, record) => Object.assign(world.ids, record),
  project: (world, record) => keep(world.projects, record as ProjectRecord),
  droplet: (world, record) => {
    keep(world.droplets, { agentConduct: 'well', failedSteps: [], reboots: 0, ...(record as Kept) });
    used(world, 'droplet', record as DropletRecord);
  },
  gone: (world, record) => {
    const { id } = record as { id: number };
    world.droplets.delete(id);
    world.userData.delete(id);
  },
  userData: (world, record) => {
    const { id, text } = record as { id: number; text: string };
    world.userData.set(id, text);
  },
  action: (world, record) => {
    const action = record as ActionRecord;
    used(world, 'action', action);
    const known = world.actions.get(action.id);
    if (known === undefined) world.addAction(action);
    else Object.assign(known, action);
  },
  life: (world, record) => world.lives.restore(record as Metered),
  tag: (world, record) => world.tags.restore(record as TagRecord),
  key: (world, record) => {
    const key = record as KeyRecord & { removed?: true };
    used(world, 'key', key);
    if (key.removed === true) world.keys.delete(key.id);
    else keep(world.keys, key);
  },
  vpc: (world, record) => {
    const vpc = record as VPCRecord & { removed?: true };
    if (vpc.removed === true) world.vpcs.delete(vpc.id);
    else keep(world.vpcs, vpc);
  },
  image: (world, record) => {
    keep(world.images, record as ImageRecord);
    used(world, 'image', record as ImageRecord);
  },
};

function keep<ID, Item extends { readonly id: ID }>(into: Map<ID, Item>, item: Item): void {
  into.set(item.id, item);
}

function used(world: World, of: keyof World['ids'], { id }: { readonly id: number }): void {
  world.ids[of] = Math.max(world.ids[of], id);
}
