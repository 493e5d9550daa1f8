import Type from 'typebox';
import Value from 'typebox/value';
import { badRequest, notFound, unprocessable } from '../api/api-error.ts';
import { parseObject } from '../api/json-body.ts';
import { regions, sizes } from '../catalogue/catalogue.ts';
import { FaultRuleSchema } from '../faults/fault-rule.ts';
import { SettingsSchema } from '../settings.ts';
import type { Simulator } from '../simulator.ts';
import { DropletEditSchema } from '../world/droplet-view.ts';
import { ImageOrderSchema } from '../world/image-orders.ts';
import { PanelOrderSchema } from '../world/panel-order.ts';
import type { JournalQuery } from './journal.ts';

/** `body` is JSON; the answer too, and 204 where there is none. */
export interface AdminCall {
  readonly simulator: Simulator;
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  readonly body: string;
}

export interface AdminRoute {
  readonly method: string;
  readonly path: string;
  readonly answer: (call: AdminCall) => unknown;
}

const SettingsPatchSchema = Type.Partial(SettingsSchema);
const TokenSchema = Type.Object(
  {
    token: Type.String({ minLength: 1 }),
    scopes: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
    user: Type.Optional(Type.String({ minLength: 1 })),
    team: Type.Optional(Type.String({ minLength: 1 })),
  },
  { additionalProperties: false },
);
const SkipSchema = Type.Object({ advanceMs: Type.Number({ minimum: 0 }) }, { additionalProperties: false });

/**
 * What a test, or a person with curl, can see and do beside the API: no token, no limit, no journal entry.
 * Errors have the API's shape.
 *
 * | below `/_simulator` | body | answer |
 * |---|---|---|
 * | `GET POST DELETE /faults`, `DELETE /faults/:id` | a FaultRule | `{faults}`, `{id}` |
 * | `GET /journal?after=SEQ&route=ROUTE&method=METHOD` | | `{entries}` |
 * | `GET /counts` | | `{routes}`: requests and statuses by route |
 * | `GET /lives` | | `{lives, overlaps, cost}` |
 * | `GET /droplets?team=NAME`, `GET PATCH DELETE /droplets/:id` | a DropletEdit | `{droplets}`, `{droplet}` |
 * | `POST /droplets` | a PanelOrder: what a person makes by hand | `{droplets}` |
 * | `POST /images`, `DELETE /images/:id` | an ImageOrder | `{image}` |
 * | `POST /tokens`, `DELETE /tokens/:token` | a SimulatorToken | |
 * | `GET /droplets/:id/user-data` | | `{user_data}` |
 * | `GET PATCH /settings` | some of Settings | `{settings}` |
 * | `GET POST /clock` | `{advanceMs}` | `{now}` |
 */
export const adminRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/_simulator/faults',
    answer: ({ simulator }) => ({ faults: simulator.faults.list() }),
  },
  { method: 'POST', path: '/_simulator/faults', answer: orderFault },
  { method: 'DELETE', path: '/_simulator/faults', answer: withdrawAll },
  { method: 'DELETE', path: '/_simulator/faults/:id', answer: withdrawFault },
  { method: 'GET', path: '/_simulator/journal', answer: readJournal },
  {
    method: 'GET',
    path: '/_simulator/counts',
    answer: ({ simulator }) => ({ routes: simulator.journal.counts() }),
  },
  { method: 'GET', path: '/_simulator/lives', answer: readLives },
  {
    method: 'GET',
    path: '/_simulator/droplets',
    answer: ({ simulator, query }) => ({ droplets: simulator.droplets(query.get('team') ?? undefined) }),
  },
  { method: 'POST', path: '/_simulator/droplets', answer: restore },
  { method: 'GET', path: '/_simulator/droplets/:id', answer: getDroplet },
  { method: 'PATCH', path: '/_simulator/droplets/:id', answer: editDroplet },
  { method: 'DELETE', path: '/_simulator/droplets/:id', answer: destroyDroplet },
  { method: 'GET', path: '/_simulator/droplets/:id/user-data', answer: readUserData },
  { method: 'POST', path: '/_simulator/images', answer: addImage },
  { method: 'DELETE', path: '/_simulator/images/:id', answer: deleteImage },
  { method: 'POST', path: '/_simulator/tokens', answer: grantToken },
  { method: 'DELETE', path: '/_simulator/tokens/:token', answer: revokeToken },
  {
    method: 'GET',
    path: '/_simulator/settings',
    answer: ({ simulator }) => ({ settings: simulator.settings }),
  },
  { method: 'PATCH', path: '/_simulator/settings', answer: changeSettings },
  { method: 'GET', path: '/_simulator/clock', answer: ({ simulator }) => ({ now: simulator.now() }) },
  { method: 'POST', path: '/_simulator/clock', answer: skipTime },
];

function orderFault({ simulator, body }: AdminCall): unknown {
  return { id: simulator.faults.order(parseAs(FaultRuleSchema, body)) };
}

function withdrawAll({ simulator }: AdminCall): undefined {
  simulator.faults.withdraw();
}

function withdrawFault({ simulator, params }: AdminCall): undefined {
  if (!simulator.faults.withdraw(params[0] ?? '')) throw notFound();
}

function readJournal({ simulator, query }: AdminCall): unknown {
  const asked: { -readonly [Key in keyof JournalQuery]: JournalQuery[Key] } = {};
  const [after, route, method] = [query.get('after'), query.get('route'), query.get('method')];
  if (after !== null && !/^\d+$/.test(after)) throw badRequest(`after must be a number, not ${after}`);
  if (after !== null) asked.after = Number(after);
  if (route !== null) asked.route = route;
  if (method !== null) asked.method = method;
  return { entries: simulator.journal.entries(asked) };
}

function readLives({ simulator }: AdminCall): unknown {
  const { lives } = simulator;
  return { lives: lives.lives(), overlaps: lives.overlaps(), cost: lives.cost(simulator.now()) };
}

function getDroplet({ simulator, params }: AdminCall): unknown {
  const droplet = simulator.droplets().find(({ id }) => String(id) === params[0]);
  if (droplet === undefined) throw notFound();
  return { droplet };
}

function editDroplet({ simulator, params, body }: AdminCall): unknown {
  const droplet = simulator.edit(Number(params[0]), parseAs(DropletEditSchema, body));
  if (droplet === undefined) throw notFound();
  return { droplet };
}

function destroyDroplet({ simulator, params }: AdminCall): undefined {
  if (!simulator.destroy(Number(params[0]))) throw notFound();
}

function restore({ simulator, body }: AdminCall): unknown {
  const order = parseAs(PanelOrderSchema, body);
  if (order.size !== undefined && !sizes.has(order.size))
    throw unprocessable(`/size ${order.size} is no size`);
  if (order.region !== undefined && !regions.has(order.region))
    throw unprocessable(`/region ${order.region} is no region`);
  return { droplets: simulator.restoreByHand(order) };
}

function addImage({ simulator, body }: AdminCall): unknown {
  return { image: simulator.addImage(parseAs(ImageOrderSchema, body)) };
}

function deleteImage({ simulator, params }: AdminCall): undefined {
  if (!simulator.deleteImage(Number(params[0]))) throw notFound();
}

function grantToken({ simulator, body }: AdminCall): undefined {
  simulator.grant(parseAs(TokenSchema, body));
}

function revokeToken({ simulator, params }: AdminCall): undefined {
  simulator.revoke(params[0] ?? '');
}

function readUserData({ simulator, params }: AdminCall): unknown {
  const userData = simulator.userData(Number(params[0]));
  if (userData === undefined) throw notFound();
  return { user_data: userData };
}

function changeSettings({ simulator, body }: AdminCall): unknown {
  simulator.change(parseAs(SettingsPatchSchema, body));
  return { settings: simulator.settings };
}

function skipTime({ simulator, body }: AdminCall): unknown {
  simulator.skip(parseAs(SkipSchema, body).advanceMs);
  return { now: simulator.now() };
}

/** The body as the schema has it. Throws 422 that names every rule broken. */
function parseAs<Schema extends Type.TSchema>(schema: Schema, body: string): Type.Static<Schema> {
  const value: unknown = parseObject(body);
  if (Value.Check(schema, value)) return value;
  const broken = Value.Errors(schema, value).map(({ instancePath, message }) =>
    `${instancePath} ${message}`.trim(),
  );
  throw unprocessable(broken.join('; '));
}
