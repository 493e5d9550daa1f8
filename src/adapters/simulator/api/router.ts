/** What a route is found by. A segment of `path` that starts with `:` matches anything. */
interface Located {
  readonly method: string;
  readonly path: string;
}

export interface RouteMatch<Route> {
  readonly route: Route;
  /** The values of the `:` segments, in order. */
  readonly params: readonly string[];
}

interface Candidate<Route> {
  readonly route: Route;
  readonly segments: readonly string[];
}

/** Finds the route of a request. If two match, the one listed first wins. */
export class Router<Route extends Located> {
  readonly #candidates = new Map<string, Candidate<Route>[]>();

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      const segments = route.path.split('/');
      const key = `${route.method} ${segments.length}`;
      const known = this.#candidates.get(key);
      if (known === undefined) this.#candidates.set(key, [{ route, segments }]);
      else known.push({ route, segments });
    }
  }

  /** `path` has no query; undefined if there is no such route. */
  find(method: string, path: string): RouteMatch<Route> | undefined {
    const given = path.split('/');
    for (const { route, segments } of this.#candidates.get(`${method} ${given.length}`) ?? []) {
      const params = paramsOf(segments, given);
      if (params !== undefined) return { route, params };
    }
    return undefined;
  }
}

function paramsOf(segments: readonly string[], given: readonly string[]): string[] | undefined {
  const params: string[] = [];
  for (const [at, segment] of segments.entries()) {
    const value = given[at] ?? '';
    if (!segment.startsWith(':')) {
      if (segment !== value) return undefined;
    } else if (value === '') {
      return undefined;
    } else {
      params.push(decoded(value));
    }
  }
  return params;
}

/** A malformed escape is left as it is, and so names nothing. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
