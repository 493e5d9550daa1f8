import { ApiError, notFound } from '../api/api-error.ts';
import { type RouteMatch, Router } from '../api/router.ts';
import type { SimulatorAnswer } from '../exchange.ts';
import type { Simulator } from '../simulator.ts';
import { type AdminRoute, adminRoutes } from './admin-routes.ts';

/** The routes below `/_simulator/`. */
export class Admin {
  readonly #simulator: Simulator;
  readonly #router = new Router(adminRoutes);

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
