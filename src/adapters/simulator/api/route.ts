import type { Distortion } from '../faults/distortion.ts';
import type { World } from '../world/world.ts';
import type { Caller } from './tokens.ts';

/** One request on its way through the API: let in, matched to a route, not yet answered. */
export interface Call {
  readonly world: World;
  readonly caller: Caller;
  /** What stands at the `:` places of the route's path, in order. */
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  readonly body: string;
  /** Where links lead: scheme and host as the client knows them. */
  readonly base: string;
  /** Without query. */
  readonly path: string;
  /** The ids of droplets made or named, for the journal. */
  readonly dropletIDs: number[];
  /** What of the droplets is not shown, or not as it is. */
  readonly distortion: Distortion;
}

/** `body` is JSON, or empty. */
export interface Reply {
  readonly status: number;
  readonly body: string;
}

export interface Route {
  readonly method: string;
  /** A segment that starts with `:` stands for anything. */
  readonly path: string;
  /** All of them are needed. */
  readonly scopes: readonly string[];
  /** Throws ApiError to refuse. */
  readonly answer: (call: Call) => Reply;
}

export const noContent: Reply = { status: 204, body: '' };

export function ok(body: unknown): Reply {
  return { status: 200, body: JSON.stringify(body) };
}

export function created(body: unknown): Reply {
  return { status: 201, body: JSON.stringify(body) };
}
