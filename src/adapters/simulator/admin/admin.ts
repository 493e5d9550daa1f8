import { APIError, notFound } from '../api/api-error.ts';
import { type RouteMatch, Router } from '../api/router.ts';
import type { SimulatorAnswer } from '../exchange.ts';
import type { SimulatedCloud } from '../simulated-cloud.ts';
import type { AdminRoute } from './admin-route.ts';
import { adminRoutes } from './admin-routes.ts';

/** The routes below `/_simulator/`. */
export class Admin {
  readonly #simulator: SimulatedCloud;
  readonly #router = new Router(adminRoutes);

  constructor(simulator: SimulatedCloud) {
    this.#simulator = simulator;
  }

  handle(method: string, path: string, query: string, body: string): SimulatorAnswer {
    const match = this.#router.find(method, path);
    try {
      const shown = this.#answer(match, query, body);
      if (shown === undefined) return respond(204, '');
      if (typeof shown === 'string') return respond(200, shown, 'text/plain; charset=utf-8');
      return respond(200, JSON.stringify(shown));
    } catch (error) {
      if (!(error instanceof APIError)) throw error;
      return respond(error.status, JSON.stringify({ id: error.id, message: error.message }));
    }
  }

  #answer(match: RouteMatch<AdminRoute> | undefined, query: string, body: string): unknown {
    if (match === undefined) throw notFound();
    const { route, params } = match;
    return route.answer({ simulator: this.#simulator, params, query: new URLSearchParams(query), body });
  }
}

function respond(status: number, body: string, type = 'application/json'): SimulatorAnswer {
  return { kind: 'response', delayMs: 0, status, headers: { 'content-type': type }, body };
}
