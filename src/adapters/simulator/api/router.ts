/** What a route needs to be found by. A segment of `path` that starts with `:` stands for anything. */
interface Located {
  readonly method: string;
  readonly path: string;
}

export interface RouteMatch<Route> {
  readonly route: Route;
  /** What stands at the `:` places, in order. */
  readonly params: readonly string[];
}

interface Candidate<Route> {
  readonly route: Route;
  readonly segments: readonly string[];
}

/** Finds the route of a request. Of two that match, the one listed first counts. */
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

  /** `path` is without query; undefined when there is no such route. */
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

/** A malformed escape stands for itself, and so names nothing. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
