import type { ResourceKey } from '../../../../model/resource-key.ts';
import type { Chance } from '../../../../ports/chance.ts';
import type { Clock } from '../../../../ports/clock.ts';
import type { Log } from '../../../../ports/log.ts';
import type { KubeAPI, Query } from '../../client/kube-api.ts';
import type { KubeObject } from '../../client/kube-object.ts';
import { type ResourceType, resourcePath } from '../../client/resource-path.ts';
import { Reflector } from '../../client/watch/reflector.ts';

/** What every part of the source is built over. */
export interface ClusterParts {
  readonly client: KubeAPI;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
}

export interface FeedOptions<T extends KubeObject> {
  readonly type: ResourceType;
  /** Undefined: all of them. */
  readonly namespaces: readonly string[] | undefined;
  readonly filterQuery?: Query;
  readonly keep?: (object: T) => T;
  /** What is there now, and what is gone. */
  readonly seen: (object: T) => void;
  readonly gone: (key: ResourceKey) => void;
  /** For each reflector by its path: its failure, or undefined when it works. */
  readonly onHealth: (path: string, failure: string | undefined) => void;
}

/** One kind, watched in all namespaces or in some. */
export class Feed<T extends KubeObject> {
  readonly #keep: (object: T) => T;
  /** By namespace; undefined is all. */
  readonly #reflectors: ReadonlyMap<string | undefined, Reflector<T>>;

  constructor(parts: ClusterParts, options: FeedOptions<T>) {
    this.#keep = options.keep ?? ((object) => object);
    const namespaces: readonly (string | undefined)[] = options.namespaces ?? [undefined];
    this.#reflectors = new Map(namespaces.map((each) => [each, reflector(parts, options, each)]));
  }

  get synced(): boolean {
    return [...this.#reflectors.values()].every((each) => each.synced);
  }

  /** Resolves when everything there is has been seen. */
  async start(): Promise<void> {
    await Promise.all([...this.#reflectors.values()].map((each) => each.start()));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#reflectors.values()].map((each) => each.stop()));
  }

  /** Takes the answer to an own write, so that nothing older is seen any more; returns what is kept of it. */
  overlay(object: T): T {
    const kept = this.#keep(object);
    this.#of(object)?.overlay(kept);
    return kept;
  }

  /** The object is gone for good by an own write. */
  bury(object: KubeObject): void {
    this.#of(object)?.bury(object);
  }

  #of({ metadata }: KubeObject): Reflector<T> | undefined {
    return this.#reflectors.get(metadata.namespace) ?? this.#reflectors.get(undefined);
  }
}

function reflector<T extends KubeObject>(
  parts: ClusterParts,
  { type, filterQuery, keep, seen, gone, onHealth }: FeedOptions<T>,
  namespace: string | undefined,
): Reflector<T> {
  const path = resourcePath(type, { namespace });
  return new Reflector({
    ...parts,
    path,
    ...(filterQuery && { filterQuery }),
    ...(keep && { keep }),
    onChange: (key, object) => (object ? seen(object) : gone(key as ResourceKey)),
    onHealth: (failure) => onHealth(path, failure),
  });
}
