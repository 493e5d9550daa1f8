import { regions } from '../catalogue/catalogue.ts';
import { defaultVPC } from '../catalogue/vpc.ts';
import type { VPCRecord } from '../world/records.ts';
import type { World } from '../world/world.ts';
import { notFound, unprocessable } from './api-error.ts';
import { parseObject, textField } from './json-body.ts';
import { page } from './paging.ts';
import { type Call, created, noContent, ok, type Reply, type Route } from './route.ts';

export const vpcRoutes: readonly Route[] = [
  { method: 'GET', path: '/v2/vpcs', scopes: ['vpc:read'], answer: list },
  { method: 'POST', path: '/v2/vpcs', scopes: ['vpc:create'], answer: create },
  { method: 'GET', path: '/v2/vpcs/:id', scopes: ['vpc:read'], answer: get },
  { method: 'DELETE', path: '/v2/vpcs/:id', scopes: ['vpc:delete'], answer: remove },
];

function list(call: Call): Reply {
  return page(call, 'vpcs', allVPCs(call.world), (vpc) => JSON.stringify(shown(call.world, vpc)));
}

function create({ world, body }: Call): Reply {
  const fields = parseObject(body);
  const name = textField(fields, 'name') ?? '';
  const region = textField(fields, 'region') ?? '';
  if (name === '') throw unprocessable("name can't be blank");
  if (!regions.has(region)) throw unprocessable('region is invalid');
  if (allVPCs(world).some((vpc) => vpc.name === name)) throw unprocessable('name must be unique');
  const vpc = { id: world.chance.uuid(), name, region, isDefault: false, createdAt: world.now };
  world.vpcs.set(vpc.id, vpc);
  world.changes.note('vpc', vpc);
  return created({ vpc: shown(world, vpc) });
}

function get({ world, params }: Call): Reply {
  const vpc = allVPCs(world).find(({ id }) => id === params[0]);
  if (vpc === undefined) throw notFound();
  return ok({ vpc: shown(world, vpc) });
}

function remove({ world, params }: Call): Reply {
  const id = params[0] ?? '';
  if (!world.vpcs.delete(id)) throw notFound();
  world.changes.note('vpc', { id, removed: true });
  return noContent;
}

function allVPCs(world: World): readonly VPCRecord[] {
  const defaults = Array.from(regions.keys(), (region) => ({
    ...{ id: defaultVPC(region), name: `default-${region}`, region, isDefault: true, createdAt: 0 },
  }));
  return [...defaults, ...world.vpcs.values()];
}

function shown(world: World, { id, name, region, isDefault, createdAt }: VPCRecord): object {
  const address = { ip_range: '10.110.0.0/16', default: isDefault };
  return {
    ...{ id, urn: `do:vpc:${id}`, name, description: '', region, ...address },
    created_at: world.timestamp(createdAt),
  };
}
