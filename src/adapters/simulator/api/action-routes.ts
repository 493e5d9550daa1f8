import type { ActionRecord } from '../world/records.ts';
import { actionType, extraScopes, startAction } from './action-rules.ts';
import { APIError, notFound, unprocessable } from './api-error.ts';
import { actionJSON } from './droplet-json.ts';
import { dropletOf, dropletsTagged } from './droplet-routes.ts';
import { parseObject } from './json-body.ts';
import { page } from './paging.ts';
import type { Call, Reply, Route } from './route.ts';

export const actionRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/v2/droplets/actions',
    scopes: ['droplet:update', 'tag:read'],
    answer: startTagged,
  },
  { method: 'POST', path: '/v2/droplets/:id/actions', scopes: ['droplet:update'], answer: start },
  { method: 'GET', path: '/v2/droplets/:id/actions', scopes: ['droplet:read'], answer: listOfDroplet },
  { method: 'GET', path: '/v2/droplets/:id/actions/:action', scopes: ['droplet:read'], answer: getOfDroplet },
  { method: 'GET', path: '/v2/actions', scopes: ['actions:read'], answer: list },
  { method: 'GET', path: '/v2/actions/:action', scopes: ['actions:read'], answer: get },
];

/** Actions that may be ordered for all droplets of a tag at once. */
const byTag: ReadonlySet<string> = new Set([
  'power_cycle',
  'power_on',
  'power_off',
  'shutdown',
  'enable_ipv6',
  'enable_backups',
  'disable_backups',
  'snapshot',
]);

function start(call: Call): Reply {
  const body = parseObject(call.body);
  const type = actionType(body);
  call.caller.require(...extraScopes(type));
  return reply(call, 201, startAction(call.world, dropletOf(call), type, body));
}

/** Droplets that refuse are left out of the answer. */
function startTagged(call: Call): Reply {
  const body = parseObject(call.body);
  const type = actionType(body);
  if (!byTag.has(type)) throw unprocessable(`The action type is invalid for tagged Droplets: ${type}`);
  call.caller.require(...extraScopes(type));
  const actions = dropletsTagged(call).flatMap((droplet) => {
    call.dropletIDs.push(droplet.id);
    try {
      return [startAction(call.world, droplet, type, body)];
    } catch (error) {
      if (error instanceof APIError) return [];
      throw error;
    }
  });
  return {
    status: 201,
    body: `{"actions":[${actions.map((action) => actionJSON(call.world, action)).join(',')}]}`,
  };
}

function listOfDroplet(call: Call): Reply {
  const { id } = dropletOf(call);
  return newestFirst(call, call.world.actionsOf.get(id) ?? []);
}

function getOfDroplet(call: Call): Reply {
  const { id } = dropletOf(call);
  const action = call.world.actions.get(Number(call.params[1]));
  if (action?.dropletID !== id) throw notFound();
  return reply(call, 200, action);
}

function list(call: Call): Reply {
  return newestFirst(call, [...call.world.actions.values()]);
}

function get(call: Call): Reply {
  const action = call.world.actions.get(Number(call.params[0]));
  if (action === undefined) throw notFound();
  call.dropletIDs.push(action.dropletID);
  return reply(call, 200, action);
}

function newestFirst(call: Call, actions: readonly ActionRecord[]): Reply {
  return page(call, 'actions', actions.toReversed(), (action) => actionJSON(call.world, action));
}

function reply({ world }: Call, status: 200 | 201, action: ActionRecord): Reply {
  return { status, body: `{"action":${actionJSON(world, action)}}` };
}
