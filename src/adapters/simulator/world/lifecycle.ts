import { sizes } from '../catalogue/catalogue.ts';
import { takeEffect } from './action-effects.ts';
import type { ActionRecord, DropletRecord } from './records.ts';
import type { World } from './world.ts';

/** What a create asks for, checked. Tags are folded. */
export interface DropletOrder {
  readonly name: string;
  readonly region: string;
  readonly size: string;
  readonly imageID: number;
  readonly tags: readonly string[];
  readonly backups: boolean;
  readonly ipv6: boolean;
  readonly monitoring: boolean;
  readonly vpcUUID: string;
  readonly volumeIDs: readonly string[];
  readonly projectID: string;
  readonly userData: string;
}

type ActionDetail = Pick<ActionRecord, 'size' | 'disk' | 'name' | 'imageID'>;

/** Brings a droplet into the world; it is active when the `create` action returned is done. */
export function giveBirth(
  world: World,
  order: DropletOrder,
): { droplet: DropletRecord; action: ActionRecord } {
  const droplet = newborn(world, order);
  const { id, createdAt } = droplet;
  world.droplets.set(id, droplet);
  if (order.userData !== '') {
    world.userData.set(id, order.userData);
    world.changes.note('userData', { id, text: order.userData });
  }
  world.lives.born(id, order.name, createdAt, hourlyUSD(order.size));
  world.touch(droplet);
  appear(world, droplet);
  const fails = world.chanced(world.settings.createFails);
  const action = begin(world, droplet, 'create', world.settings.bootMs, fails ? 'errored' : 'done');
  return { droplet, action };
}

function newborn(world: World, order: DropletOrder): DropletRecord {
  const { now, settings } = world;
  return {
    id: world.nextID('droplet'),
    name: order.name,
    status: 'new',
    region: order.region,
    size: order.size,
    imageID: order.imageID,
    diskGB: sizes.get(order.size)?.disk ?? 0,
    tags: [...order.tags],
    tagsHidden: order.tags.length > 0 && world.chanced(settings.lateTags),
    backups: order.backups,
    ipv6: order.ipv6,
    monitoring: order.monitoring,
    vpcUUID: order.vpcUUID,
    volumeIDs: order.volumeIDs,
    snapshotIDs: [],
    projectID: order.projectID,
    createdAt: now,
    listedAt: now + world.spread(settings.listLagMs),
    readableAt: now + world.spread(settings.getLagMs),
    ignoresShutdown: false,
    ignoresDelete: false,
  };
}

/** Shows the droplet in lists, at once or when its time has come. */
export function appear(world: World, droplet: DropletRecord): void {
  const show = () => {
    if (world.droplets.has(droplet.id)) world.listingOf(droplet).show(droplet);
  };
  if (droplet.listedAt <= world.now) show();
  else world.agenda.plan(droplet.listedAt, show);
}

/** Opens an action; its end is planned, and its outcome settled, now. */
export function begin(
  world: World,
  droplet: DropletRecord,
  type: string,
  durationMs: number,
  outcome: ActionRecord['outcome'],
  detail: ActionDetail = {},
): ActionRecord {
  const action: ActionRecord = {
    id: world.nextID('action'),
    type,
    dropletID: droplet.id,
    region: droplet.region,
    startedAt: world.now,
    dueAt: world.now + world.spread(durationMs),
    status: 'in-progress',
    outcome,
    ...detail,
  };
  droplet.pendingAction = action.id;
  world.addAction(action);
  world.touch(droplet);
  conclude(world, action);
  return action;
}

/** Plans an action's end, or brings it about when that was due. */
export function conclude(world: World, action: ActionRecord): void {
  world.agenda.plan(action.dueAt, () => end(world, action));
}

function end(world: World, action: ActionRecord): void {
  const droplet = world.droplets.get(action.dropletID);
  action.status = droplet === undefined || action.outcome === 'errored' ? 'errored' : 'completed';
  action.completedAt = world.now;
  world.changes.note('action', action);
  if (droplet === undefined) return;
  delete droplet.pendingAction;
  if (action.outcome === 'done') takeEffect(world, droplet, action);
  world.touch(droplet);
  if (action.type === 'create' && action.outcome === 'errored') die(world, droplet);
}

/** Takes the order to destroy a droplet: a promise, kept `deleteMs` later, or never. */
export function orderDeath(world: World, droplet: DropletRecord): void {
  if (droplet.dyingAt !== undefined) return;
  if (droplet.ignoresDelete || world.chanced(world.settings.deleteIgnored)) return;
  droplet.dyingAt = world.now + world.spread(world.settings.deleteMs);
  world.touch(droplet);
  awaitDeath(world, droplet);
}

/** Plans the death that has been ordered. */
export function awaitDeath(world: World, droplet: DropletRecord): void {
  if (droplet.dyingAt !== undefined) world.agenda.plan(droplet.dyingAt, () => die(world, droplet));
}

/** The end: GET answers 404 from now on; lists may show it for a while yet. */
export function die(world: World, droplet: DropletRecord): void {
  const { id } = droplet;
  if (!world.droplets.delete(id)) return;
  world.userData.delete(id);
  world.lives.died(id, world.now);
  world.changes.note('gone', { id });
  const listing = world.listingOf(droplet);
  const ghostMs = world.spread(world.settings.listLagMs);
  if (ghostMs === 0) listing.hide(droplet);
  else world.agenda.plan(world.now + ghostMs, () => listing.hide(droplet));
}

function hourlyUSD(size: string): number {
  return sizes.get(size)?.price_hourly ?? 0;
}
