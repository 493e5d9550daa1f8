import { frozenJSON, regions, sizes } from '../catalogue/catalogue.ts';
import type { ActionRecord, DropletRecord } from '../world/records.ts';
import type { World } from '../world/world.ts';

const dayMs = 86_400_000;
/** Actions that lock the droplet while they run; others do not. */
const locking: ReadonlySet<string> = new Set(['resize', 'rebuild', 'restore', 'snapshot']);

/**
 * A droplet as the API shows it, assembled from pieces that are serialised once, so that a
 * page of 200 droplets takes a millisecond.
 */
export function dropletJSON(world: World, droplet: DropletRecord, showTags: boolean): string {
  const size = sizes.get(droplet.size);
  const image = world.image(droplet.imageID);
  const region = regions.get(droplet.region);
  const tags = showTags && !droplet.tagsHidden ? droplet.tags.map((tag) => world.tags.spelling(tag)) : [];
  return (
    `{"id":${droplet.id},"name":${JSON.stringify(droplet.name)},"memory":${size?.memory ?? 0},` +
    `"vcpus":${size?.vcpus ?? 0},"disk":${droplet.diskGB},` +
    `"disk_info":[{"type":"local","size":{"amount":${droplet.diskGB},"unit":"gib"}}],` +
    `"locked":${isLocked(world, droplet)},"status":"${droplet.status}","kernel":null,` +
    `"created_at":"${world.timestamp(droplet.createdAt)}","features":${JSON.stringify(features(droplet))},` +
    `"backup_ids":[],"next_backup_window":${backupWindow(world, droplet)},` +
    `"snapshot_ids":${JSON.stringify(droplet.snapshotIDs)},"image":${image ? frozenJSON(image) : '{}'},` +
    `"volume_ids":${JSON.stringify(droplet.volumeIDs)},"size":${size ? frozenJSON(size) : '{}'},` +
    `"size_slug":"${droplet.size}","networks":${networks(world, droplet)},` +
    `"region":${region ? frozenJSON(region) : '{}'},"tags":${JSON.stringify(tags)},` +
    `"vpc_uuid":"${droplet.vpcUUID}"}`
  );
}

/** An action as the API shows it. */
export function actionJSON(world: World, action: ActionRecord): string {
  const region = regions.get(action.region);
  const completed = action.completedAt === undefined ? 'null' : `"${world.timestamp(action.completedAt)}"`;
  return (
    `{"id":${action.id},"status":"${action.status}","type":"${action.type}",` +
    `"started_at":"${world.timestamp(action.startedAt)}","completed_at":${completed},` +
    `"resource_id":${action.dropletID},"resource_type":"droplet",` +
    `"region":${region ? frozenJSON(region) : '{}'},"region_slug":"${action.region}"}`
  );
}

function isLocked(world: World, droplet: DropletRecord): boolean {
  const action = droplet.pendingAction === undefined ? undefined : world.actions.get(droplet.pendingAction);
  return action !== undefined && locking.has(action.type);
}

function features(droplet: DropletRecord): string[] {
  const { backups, ipv6, monitoring } = droplet;
  return [
    ...(backups ? ['backups'] : []),
    ...(ipv6 ? ['ipv6'] : []),
    ...(monitoring ? ['monitoring'] : []),
    'droplet_agent',
    'private_networking',
  ];
}

function backupWindow(world: World, droplet: DropletRecord): string {
  if (!droplet.backups) return 'null';
  const start = Math.ceil(world.now / dayMs) * dayMs;
  return `{"start":"${world.timestamp(start)}","end":"${world.timestamp(start + dayMs / 6)}"}`;
}

/** Empty until the droplet has its addresses, which may be later than `active`. */
function networks(world: World, droplet: DropletRecord): string {
  if (droplet.addressedAt === undefined || droplet.addressedAt > world.now) return '{"v4":[],"v6":[]}';
  const nth = droplet.id % 0x1_00_00;
  const [high, low] = [nth >> 8, nth & 0xff];
  const v6 = `{"ip_address":"2001:db8::${nth.toString(16)}","netmask":64,"gateway":"2001:db8::1","type":"public"}`;
  return (
    `{"v4":[{"ip_address":"10.110.${high}.${low}","netmask":"255.255.0.0","gateway":"10.110.0.1","type":"private"},` +
    `{"ip_address":"${publicIPv4(droplet.id)}","netmask":"255.254.0.0","gateway":"198.18.0.1","type":"public"}],` +
    `"v6":[${droplet.ipv6 ? v6 : ''}]}`
  );
}

/**
 * An address in 198.18.0.0/15, which is reserved for tests (RFC 2544), so that no
 * droplet has a real host's address.
 */
function publicIPv4(id: number): string {
  const nth = id % 0x2_00_00;
  return `198.${18 + (nth >> 16)}.${(nth >> 8) & 0xff}.${nth & 0xff}`;
}
