import type { DropletRecord, TagRecord } from '../world/records.ts';
import { notFound, unprocessable } from './api-error.ts';
import { isTagName } from './create-order.ts';
import { isObject, parseObject, textField } from './json-body.ts';
import { page } from './paging.ts';
import { type Call, created, noContent, ok, type Reply, type Route } from './route.ts';

export const tagRoutes: readonly Route[] = [
  { method: 'GET', path: '/v2/tags', scopes: ['tag:read'], answer: list },
  { method: 'POST', path: '/v2/tags', scopes: ['tag:create'], answer: create },
  { method: 'GET', path: '/v2/tags/:tag', scopes: ['tag:read'], answer: get },
  { method: 'DELETE', path: '/v2/tags/:tag', scopes: ['tag:delete'], answer: remove },
  {
    method: 'POST',
    path: '/v2/tags/:tag/resources',
    scopes: ['tag:create', 'droplet:update'],
    answer: (call) => retag(call, true),
  },
  {
    method: 'DELETE',
    path: '/v2/tags/:tag/resources',
    scopes: ['tag:delete', 'droplet:update'],
    answer: (call) => retag(call, false),
  },
];

function list(call: Call): Reply {
  return page(call, 'tags', call.world.tags.existing(), (tag) => JSON.stringify(shown(call, tag)));
}

/** An invalid name is refused in a different shape, without `id` and `message`. */
function create(call: Call): Reply {
  const name = textField(parseObject(call.body), 'name') ?? '';
  if (!isTagName(name)) {
    const body = { error: 'Tag name is invalid', messages: [`name: ${name}`], root_causes: [] };
    return { status: 400, body: JSON.stringify(body) };
  }
  return created({ tag: shown(call, call.world.tags.ensure(name)) });
}

function get(call: Call): Reply {
  return ok({ tag: shown(call, tagOf(call)) });
}

/** Takes the tag off every droplet too. */
function remove(call: Call): Reply {
  const { world } = call;
  const tag = tagOf(call);
  world.tags.forget(tag);
  const folded = tag.name.toLowerCase();
  for (const droplet of world.droplets.values()) {
    if (droplet.tags.includes(folded)) setTag(call, droplet, folded, false);
  }
  return noContent;
}

/** Changes all the named droplets, or none. Other kinds of resource are accepted and ignored. */
function retag(call: Call, on: boolean): Reply {
  const { world } = call;
  const folded = tagOf(call).name.toLowerCase();
  const droplets = dropletIDsIn(call.body).map((id) => {
    call.dropletIDs.push(id);
    const droplet = world.droplets.get(id);
    if (droplet === undefined) throw notFound();
    return droplet;
  });
  for (const droplet of droplets) setTag(call, droplet, folded, on);
  return noContent;
}

function setTag({ world }: Call, droplet: DropletRecord, folded: string, on: boolean): void {
  const rest = droplet.tags.filter((tag) => tag !== folded);
  droplet.tags = on ? [...rest, folded] : rest;
  world.touch(droplet);
}

function dropletIDsIn(body: string): number[] {
  const resources = parseObject(body)['resources'];
  if (!Array.isArray(resources)) throw unprocessable('resources must be an array');
  return resources.flatMap((resource: unknown) => {
    if (!isObject(resource)) throw unprocessable('a resource must be an object');
    return resource['resource_type'] === 'droplet' ? [Number(resource['resource_id'])] : [];
  });
}

function tagOf({ world, params }: Call): TagRecord {
  const tag = world.tags.find(params[0] ?? '');
  if (tag === undefined) throw notFound();
  return tag;
}

function shown({ world, base }: Call, { name }: TagRecord): object {
  const tagged = [...world.listing(false).tagged(name), ...world.listing(true).tagged(name)];
  const last = tagged.at(-1);
  const uri = last && { last_tagged_uri: `${base}/v2/droplets/${last.id}` };
  const none = { count: 0 };
  return {
    name,
    resources: {
      count: tagged.length,
      ...uri,
      droplets: { count: tagged.length, ...uri },
      images: none,
      volumes: none,
      volume_snapshots: none,
      databases: none,
    },
  };
}
