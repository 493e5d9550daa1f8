import { sizes } from '../catalogue/catalogue.ts';
import type { ActionRecord, DropletRecord } from './records.ts';
import { begin } from './run-action.ts';
import type { World } from './world.ts';

/** A checked create request. Tags are in lower case. */
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

/** Creates a droplet; it is active when the returned `create` action is done. */
export function createDroplet(
  world: World,
  order: DropletOrder,
): { droplet: DropletRecord; action: ActionRecord } {
  const droplet = newDroplet(world, order);
  const { id, createdAt } = droplet;
  world.droplets.set(id, droplet);
  if (order.userData !== '') {
    world.userData.set(id, order.userData);
    world.changes.note('userData', { id, text: order.userData });
  }
  world.lives.born(id, order.name, createdAt, hourlyUSD(order.size));
  world.touch(droplet);
  showInLists(world, droplet);
  const fails = world.chanced(world.settings.createFails);
  const action = begin(world, droplet, 'create', world.settings.bootMs, fails ? 'errored' : 'done');
  return { droplet, action };
}

function newDroplet(world: World, order: DropletOrder): DropletRecord {
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
    reboots: 0,
    agentConduct: world.chanced(settings.agentsMute) ? 'mute' : 'well',
    failedSteps: world.chanced(settings.bootstrapFails) ? ['node'] : [],
  };
}

/** Shows the droplet in lists when it is due there. */
export function showInLists(world: World, droplet: DropletRecord): void {
  const show = () => {
    if (world.droplets.has(droplet.id)) world.listingOf(droplet).show(droplet);
  };
  if (droplet.listedAt <= world.now) show();
  else world.agenda.plan(droplet.listedAt, show);
}

function hourlyUSD(size: string): number {
  return sizes.get(size)?.price_hourly ?? 0;
}
