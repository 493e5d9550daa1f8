import type { DropletRecord } from './records.ts';
import type { World } from './world.ts';

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
  world.tellTouched(id);
  const listing = world.listingOf(droplet);
  const ghostMs = world.spread(world.settings.listLagMs);
  if (ghostMs === 0) listing.hide(droplet);
  else world.agenda.plan(world.now + ghostMs, () => listing.hide(droplet));
}
