import type { DropletRecord } from './records.ts';
import type { World } from './world.ts';

/** Accepts the order to destroy a droplet: it is carried out `deleteMs` later, or never. */
export function orderDestruction(world: World, droplet: DropletRecord): void {
  if (droplet.dyingAt !== undefined) return;
  if (droplet.ignoresDelete || world.chanced(world.settings.deleteIgnored)) return;
  droplet.dyingAt = world.now + world.spread(world.settings.deleteMs);
  world.touch(droplet);
  planDestruction(world, droplet);
}

/** Plans the destruction that has been ordered. */
export function planDestruction(world: World, droplet: DropletRecord): void {
  if (droplet.dyingAt !== undefined) world.agenda.plan(droplet.dyingAt, () => destroyDroplet(world, droplet));
}

/** Destroys the droplet: GET answers 404 from now on; lists may still show it for a while. */
export function destroyDroplet(world: World, droplet: DropletRecord): void {
  const { id } = droplet;
  if (!world.droplets.delete(id)) return;
  world.userData.delete(id);
  world.lives.died(id, world.now);
  world.changes.note('gone', { id });
  world.notifyTouched(id);
  const listing = world.listingOf(droplet);
  const ghostMs = world.spread(world.settings.listLagMs);
  if (ghostMs === 0) listing.hide(droplet);
  else world.agenda.plan(world.now + ghostMs, () => listing.hide(droplet));
}
