import Type from 'typebox';
import Value from 'typebox/value';
import { ApiError, badRequest, notFound, unprocessable } from './api-error.ts';
import { DropletEditSchema } from './droplet-view.ts';
import type { SimulatorAnswer } from './exchange.ts';
import { FaultRuleSchema } from './fault-rule.ts';
import type { JournalQuery } from './journal.ts';
import { parseObject } from './json-body.ts';
import { type RouteMatch, Router } from './router.ts';
import { SettingsSchema } from './settings.ts';
import type { Simulator } from './simulator.ts';

/** `body` is JSON; the answer too, and 204 where there is none. */
interface AdminCall {
  readonly simulator: Simulator;
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  readonly body: string;
}

interface AdminRoute {
  readonly method: string;
  readonly path: string;
  readonly answer: (call: AdminCall) => unknown;
}

const SettingsPatchSchema = Type.Partial(SettingsSchema);
const SkipSchema = Type.Object({ advanceMs: Type.Number({ minimum: 0 }) }, { additionalProperties: false });

/**
 * What a test, or a person with curl, can see and do beside the API: no token, no limit, no journal entry.
 * Errors have the API's shape.
 */
const ROUTES: readonly AdminRoute[] = [
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
    answer: ({ simulator }) => ({ droplets: simulator.droplets() }),
  },
  { method: 'GET', path: '/_simulator/droplets/:id', answer: getDroplet },
  { method: 'PATCH', path: '/_simulator/droplets/:id', answer: editDroplet },
  { method: 'DELETE', path: '/_simulator/droplets/:id', answer: destroyDroplet },
  { method: 'GET', path: '/_simulator/droplets/:id/user-data', answer: readUserData },
  {
    method: 'GET',
    path: '/_simulator/settings',
    answer: ({ simulator }) => ({ settings: simulator.settings }),
  },
  { method: 'PATCH', path: '/_simulator/settings', answer: changeSettings },
  { method: 'GET', path: '/_simulator/clock', answer: ({ simulator }) => ({ now: simulator.now() }) },
  { method: 'POST', path: '/_simulator/clock', answer: skipTime },
];

/** The routes below `/_simulator/`. */
export class Admin {
  readonly #simulator: Simulator;
  readonly #router = new Router(ROUTES);

  constructor(simulator: Simulator) {
    this.#simulator = simulator;
  }

  handle(method: string, path: string, query: string, body: string): SimulatorAnswer {
    const match = this.#router.find(method, path);
    try {
      const shown = this.#answer(match, query, body);
      return respond(shown === undefined ? 204 : 200, shown === undefined ? '' : JSON.stringify(shown));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return respond(error.status, JSON.stringify({ id: error.id, message: error.message }));
    }
  }

  #answer(match: RouteMatch<AdminRoute> | undefined, query: string, body: string): unknown {
    if (match === undefined) throw notFound();
    const { route, params } = match;
    return route.answer({ simulator: this.#simulator, params, query: new URLSearchParams(query), body });
  }
}

function respond(status: number, body: string): SimulatorAnswer {
  return { kind: 'response', delayMs: 0, status, headers: { 'content-type': 'application/json' }, body };
}

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
