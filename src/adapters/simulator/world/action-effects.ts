import { sizes } from '../catalogue/catalogue.ts';
import { snapshotImage } from '../catalogue/images.ts';
import type { ActionRecord, DropletRecord } from './records.ts';
import type { World } from './world.ts';

type Effect = (world: World, droplet: DropletRecord, action: ActionRecord) => void;

/** The effect of each type of action when it is done. Types without a visible effect are not listed. */
const effects: Readonly<Record<string, Effect>> = {
  create: (world, droplet) => {
    droplet.status = 'active';
    planTags(world, droplet);
    droplet.addressedAt = world.now + world.spread(world.settings.addressLagMs);
  },
  shutdown: (_world, droplet) => {
    droplet.status = 'off';
  },
  power_off: (_world, droplet) => {
    droplet.status = 'off';
  },
  power_on: (_world, droplet) => {
    droplet.status = 'active';
  },
  reboot: rebooted,
  power_cycle: rebooted,
  rebuild: (_world, droplet, { imageID }) => {
    droplet.imageID = imageID ?? droplet.imageID;
    droplet.status = 'active';
  },
  restore: (_world, droplet, { imageID }) => {
    droplet.imageID = imageID ?? droplet.imageID;
    droplet.status = 'active';
  },
  rename: (_world, droplet, { name }) => {
    droplet.name = name ?? droplet.name;
  },
  enable_backups: (_world, droplet) => {
    droplet.backups = true;
  },
  disable_backups: (_world, droplet) => {
    droplet.backups = false;
  },
  enable_ipv6: (_world, droplet) => {
    droplet.ipv6 = true;
  },
  resize,
  snapshot,
};

export function takeEffect(world: World, droplet: DropletRecord, action: ActionRecord): void {
  effects[action.type]?.(world, droplet, action);
}

/** Shows late tags when they are due. */
export function planTags(world: World, droplet: DropletRecord): void {
  if (!droplet.tagsHidden) return;
  const show = () => {
    droplet.tagsHidden = false;
    if (world.droplets.has(droplet.id)) world.touch(droplet);
  };
  const lagMs = world.spread(world.settings.tagLagMs);
  if (lagMs <= 0) show();
  else world.agenda.plan(world.now + lagMs, show);
}

function rebooted(_world: World, droplet: DropletRecord): void {
  droplet.reboots += 1;
}

/** The disk grows only if the request says so, and never shrinks again. */
function resize(world: World, droplet: DropletRecord, action: ActionRecord): void {
  const size = sizes.get(action.size ?? droplet.size);
  if (size === undefined) return;
  const before = world.listingOf(droplet);
  droplet.size = size.slug;
  if (action.disk === true) droplet.diskGB = size.disk;
  if (before.shows(droplet) && world.listingOf(droplet) !== before) {
    before.hide(droplet);
    world.listingOf(droplet).show(droplet);
  }
  world.lives.repriced(droplet.id, world.now, size.price_hourly);
}

function snapshot(world: World, droplet: DropletRecord, action: ActionRecord): void {
  const id = world.nextID('image');
  const image = snapshotImage(id, action.name ?? `${droplet.name}-${id}`, {
    regions: [droplet.region],
    diskGB: droplet.diskGB,
    distribution: world.image(droplet.imageID)?.distribution ?? 'Unknown',
    at: world.timestamp(world.now),
  });
  world.putImage(image);
  droplet.snapshotIDs.push(id);
}
