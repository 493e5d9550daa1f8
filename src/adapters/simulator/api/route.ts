import type { Distortion } from '../faults/distortion.ts';
import type { World } from '../world/world.ts';
import type { Caller } from './tokens.ts';

/** One request on its way through the API: admitted and matched to a route, but not yet answered. */
export interface Call {
  readonly world: World;
  readonly caller: Caller;
  /** The values of the `:` segments of the route's path, in order. */
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  readonly body: string;
  /** Base of links: scheme and host as the client knows them. */
  readonly base: string;
  /** Without query. */
  readonly path: string;
  /** The ids of droplets created or named, for the journal. */
  readonly dropletIDs: number[];
  /** Which droplets are hidden or shown wrongly. */
  readonly distortion: Distortion;
}

/** `body` is JSON, or empty. */
export interface Reply {
  readonly status: number;
  readonly body: string;
}

export interface Route {
  readonly method: string;
  /** A segment that starts with `:` matches anything. */
  readonly path: string;
  /** The scopes that it needs, all of them. */
  readonly scopes: readonly string[];
  /** Throws APIError to refuse. */
  readonly answer: (call: Call) => Reply;
}

export const noContent: Reply = { status: 204, body: '' };

export function ok(body: unknown): Reply {
  return { status: 200, body: JSON.stringify(body) };
}

export function created(body: unknown): Reply {
  return { status: 201, body: JSON.stringify(body) };
}
