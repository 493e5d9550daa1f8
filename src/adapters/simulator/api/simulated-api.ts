import type { SimulatorAnswer, SimulatorRequest, SimulatorResponse } from '../exchange.ts';
import { distortionOf } from '../faults/distortion.ts';
import type { FaultRule } from '../faults/fault-rule.ts';
import type { Faults } from '../faults/faults.ts';
import { faultyAnswer, takesEffect } from '../faults/faulty-answer.ts';
import type { Settings } from '../settings.ts';
import type { Teams } from '../world/teams.ts';
import { accountRoutes } from './account-routes.ts';
import { actionRoutes } from './action-routes.ts';
import { APIError, notFound } from './api-error.ts';
import { catalogueRoutes } from './catalogue-routes.ts';
import { dropletRoutes } from './droplet-routes.ts';
import { projectRoutes } from './project-routes.ts';
import type { Admission, RateLimits } from './rate-limits.ts';
import type { Call, Reply, Route } from './route.ts';
import { type RouteMatch, Router } from './router.ts';
import { tagRoutes } from './tag-routes.ts';
import type { Caller, Tokens } from './tokens.ts';
import { vpcRoutes } from './vpc-routes.ts';

/** A parsed request. */
export interface Incoming {
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly headers: SimulatorRequest['headers'];
  readonly body: string;
  /** Droplets created or named; filled while the request is answered. */
  readonly dropletIDs: number[];
}

interface APIDeps {
  readonly teams: Teams;
  readonly tokens: Tokens;
  readonly limits: RateLimits;
  readonly faults: Faults;
}

const errorIds: Readonly<Record<number, string>> = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  422: 'unprocessable_entity',
  429: 'too_many_requests',
};
const keyReads: ReadonlySet<string> = new Set(['GET /v2/account/keys', 'GET /v2/account/keys/:key']);

/**
 * The API from the request line to the answer: authentication, rate limits, ordered faults, then the route.
 */
export class SimulatedAPI {
  readonly #deps: APIDeps;
  readonly #router = new Router([
    ...dropletRoutes,
    ...actionRoutes,
    ...accountRoutes,
    ...catalogueRoutes,
    ...tagRoutes,
    ...projectRoutes,
    ...vpcRoutes,
  ]);
  #requests = 0;

  constructor(deps: APIDeps) {
    this.#deps = deps;
  }

  /** The answer, and its route as `METHOD /path/:param`. */
  handle(incoming: Incoming): { readonly answer: SimulatorAnswer; readonly route: string } {
    this.#requests += 1;
    const match = this.#router.find(incoming.method, incoming.path);
    const route = match === undefined ? 'unknown' : `${match.route.method} ${match.route.path}`;
    return { route, answer: this.#answer(incoming, match, route) };
  }

  #answer(incoming: Incoming, match: RouteMatch<Route> | undefined, route: string): SimulatorAnswer {
    const { teams, tokens, limits, faults } = this.#deps;
    const { latencyMs } = teams.main.settings;
    let caller: Caller;
    try {
      caller = tokens.identify(incoming.headers);
    } catch (error) {
      return this.#plain('', this.#refusal(error), latencyMs);
    }
    const admission = limits.admit(caller.token, keyReads.has(route), teams.main.now);
    if (!admission.admitted) return this.#tooMany(caller, admission, latencyMs);
    const rule = faults.strike(incoming);
    const world = teams.of(caller.team);
    const call = callOf(incoming, match, { world, caller, distortion: distortionOf(rule) });
    const run = () => this.#response(caller.token, this.#run(call, match));
    if (rule === undefined) return { kind: 'response', delayMs: latencyMs, ...run() };
    return this.#strike(rule, caller, run);
  }

  #strike(rule: FaultRule, caller: Caller, run: () => SimulatorResponse): SimulatorAnswer {
    const { main: world } = this.#deps.teams;
    if (rule.effect === 'late') world.agenda.plan(world.now + (rule.delayMs ?? 0), run);
    const response = takesEffect(rule) ? run() : undefined;
    const error = orderedError(rule);
    const refused = this.#response(caller.token, this.#refusal(error));
    return faultyAnswer(rule, refused, response, world.settings.latencyMs);
  }

  #run(call: Call, match: RouteMatch<Route> | undefined): Reply {
    try {
      if (match === undefined) throw notFound();
      call.caller.require(...match.route.scopes);
      if (match.route.method === 'POST') refuseWhenLocked(call.world.settings);
      return match.route.answer(call);
    } catch (error) {
      return this.#refusal(error);
    }
  }

  #tooMany(caller: Caller, admission: Admission & { admitted: false }, delayMs: number): SimulatorAnswer {
    const refusal = this.#refusal(new APIError(429, 'too_many_requests', 'API rate limit exceeded.'));
    const response = this.#response(caller.token, refusal);
    const { retryAfterSeconds } = admission;
    const retry = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
    return { kind: 'response', delayMs, ...response, headers: { ...response.headers, ...retry } };
  }

  #plain(token: string, reply: Reply, delayMs: number): SimulatorAnswer {
    return { kind: 'response', delayMs, ...this.#response(token, reply) };
  }

  #response(token: string, { status, body }: Reply): SimulatorResponse {
    const { main } = this.#deps.teams;
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      date: new Date(main.stated(main.now)).toUTCString(),
      ...this.#deps.limits.headers(token, main.now),
      'x-request-id': this.#requestID(),
    };
    return { status, headers, body };
  }

  #refusal(error: unknown): Reply {
    if (!(error instanceof APIError)) throw error;
    const body = { id: error.id, message: error.message, request_id: this.#requestID() };
    return { status: error.status, body: JSON.stringify(body) };
  }

  /** A UUID that counts requests: it uses no randomness and shows the order. */
  #requestID(): string {
    return `00000000-0000-4000-8000-${this.#requests.toString(16).padStart(12, '0')}`;
  }
}

function callOf(
  { query, headers, ...incoming }: Incoming,
  match: RouteMatch<Route> | undefined,
  rest: Pick<Call, 'world' | 'caller' | 'distortion'>,
): Call {
  const base = `http://${headers?.['host'] ?? 'localhost'}`;
  return { ...incoming, ...rest, params: match?.params ?? [], query: new URLSearchParams(query), base };
}

/** Refuses a locked account's writes with the message that the account shows. */
function refuseWhenLocked({ accountStatus, accountMessage }: Settings): void {
  if (accountStatus !== 'locked') return;
  throw new APIError(403, 'forbidden', accountMessage || 'Your account is locked.');
}

/** The error that a fault was ordered with, with the id that the API uses for its status. */
function orderedError({ status = 503, message = 'Server Error' }: FaultRule): APIError {
  return new APIError(status, errorIds[status] ?? 'server_error', message);
}
