import { truth } from '../faults/distortion.ts';
import { createDroplet } from '../world/create-droplet.ts';
import { orderDestruction } from '../world/destroy-droplet.ts';
import type { ActionRecord, DropletRecord } from '../world/records.ts';
import { badRequest, notFound, pendingEvent, unprocessable } from './api-error.ts';
import { createOrders } from './create-order.ts';
import { dropletJSON } from './droplet-json.ts';
import { parseObject } from './json-body.ts';
import { page } from './paging.ts';
import { type Call, noContent, type Reply, type Route } from './route.ts';

export const dropletRoutes: readonly Route[] = [
  { method: 'POST', path: '/v2/droplets', scopes: ['droplet:create'], answer: create },
  { method: 'GET', path: '/v2/droplets', scopes: ['droplet:read'], answer: list },
  { method: 'DELETE', path: '/v2/droplets', scopes: ['droplet:delete', 'tag:read'], answer: removeTagged },
  { method: 'GET', path: '/v2/droplets/:id', scopes: ['droplet:read'], answer: get },
  { method: 'DELETE', path: '/v2/droplets/:id', scopes: ['droplet:delete'], answer: remove },
  { method: 'GET', path: '/v2/droplets/:id/snapshots', scopes: ['droplet:read'], answer: listSnapshots },
];

/**
 * The droplet that the path names. Throws 404 if there is none, and for a
 * while after its create if GET lags.
 */
export function dropletOf(call: Call): DropletRecord {
  const id = Number(call.params[0]);
  const droplet = call.world.droplets.get(id);
  if (droplet === undefined || call.distortion.hides(droplet)) throw notFound();
  call.dropletIDs.push(id);
  if (droplet.readableAt > call.world.now) throw notFound();
  return droplet;
}

/** The droplets that a list shows for a tag now. Throws 404 for an unknown tag. */
export function dropletsTagged(call: Call): readonly DropletRecord[] {
  const tag = call.query.get('tag_name') ?? '';
  if (tag === '') throw badRequest('tag_name is required');
  if (call.world.tags.find(tag) === undefined) throw notFound();
  const shown = [...call.world.listing(false).tagged(tag), ...call.world.listing(true).tagged(tag)];
  return shown.filter(({ id }) => call.world.droplets.has(id));
}

function create(call: Call): Reply {
  const { world, caller } = call;
  const body = parseObject(call.body);
  const orders = createOrders(world, body);
  const tags = orders[0]?.tags ?? [];
  if (tags.length > 0) caller.require('tag:create');
  for (const tag of tags) world.tags.ensure(tag);
  const folded = [...new Set(tags.map((tag) => tag.toLowerCase()))];
  const births = orders.map((order) => createDroplet(world, { ...order, tags: folded }));
  for (const { droplet } of births) call.dropletIDs.push(droplet.id);
  const show = caller.may('tag:read');
  const droplets = births.map(({ droplet }) => dropletJSON(world, droplet, show));
  const links = JSON.stringify({ actions: births.map(({ action }) => actionLink(call, action)) });
  const shown = 'names' in body ? `"droplets":[${droplets.join(',')}]` : `"droplet":${droplets[0] ?? 'null'}`;
  return { status: 202, body: `{${shown},"links":${links}}` };
}

function actionLink(call: Call, { id }: ActionRecord): object {
  return { id, rel: 'create', href: `${call.base}/v2/actions/${id}` };
}

function get(call: Call): Reply {
  const droplet = dropletOf(call);
  return {
    status: 200,
    body: `{"droplet":${shown(call, droplet)}}`,
  };
}

function list(call: Call): Reply {
  return page(call, 'droplets', seen(call, listed(call)), (droplet) => shown(call, droplet));
}

/** The droplets that are not hidden; not copied if none is hidden. */
function seen({ distortion }: Call, droplets: ReadonlySet<DropletRecord>): ReadonlySet<DropletRecord> {
  if (distortion === truth) return droplets;
  return new Set([...droplets].filter((droplet) => !distortion.hides(droplet)));
}

function shown({ world, caller, distortion }: Call, droplet: DropletRecord): string {
  return distortion.shown(droplet, dropletJSON(world, droplet, caller.may('tag:read')));
}

function listed({ world, caller, query }: Call): ReadonlySet<DropletRecord> {
  const [name, tag, type] = [query.get('name'), query.get('tag_name'), query.get('type')];
  if (tag !== null && (name !== null || type !== null)) {
    throw unprocessable('tag_name can not be combined with name or type');
  }
  if (type !== null && type !== 'droplets' && type !== 'gpus')
    throw unprocessable(`type is invalid: ${type}`);
  const listing = world.listing(type === 'gpus');
  if (name !== null) return listing.named(name);
  if (tag === null) return listing.all();
  caller.require('tag:read');
  return listing.tagged(tag);
}

function remove(call: Call): Reply {
  const { world } = call;
  const droplet = dropletOf(call);
  if (droplet.pendingAction !== undefined && world.chanced(world.settings.deleteRefused))
    throw pendingEvent();
  orderDestruction(world, droplet);
  return noContent;
}

function removeTagged(call: Call): Reply {
  for (const droplet of dropletsTagged(call)) {
    call.dropletIDs.push(droplet.id);
    orderDestruction(call.world, droplet);
  }
  return noContent;
}

function listSnapshots(call: Call): Reply {
  const droplet = dropletOf(call);
  return page(call, 'snapshots', droplet.snapshotIDs, (id) => {
    const image = call.world.image(id);
    return JSON.stringify({
      id,
      name: image?.name ?? '',
      created_at: image?.created_at ?? '',
      regions: image?.regions ?? [],
      min_disk_size: image?.min_disk_size ?? 0,
      size_gigabytes: image?.size_gigabytes ?? 0,
      type: 'snapshot',
    });
  });
}
