import type { KubeObject } from '../kube-object.ts';

/** The keys of objects by the values that indexers give them. */
export class ObjectIndex<T extends KubeObject> {
  readonly #indexers: Indexers<T>;
  readonly #keys = new Map<string, Map<string, Set<string>>>();

  constructor(indexers: Indexers<T>) {
    this.#indexers = indexers;
    for (const name of Object.keys(indexers)) this.#keys.set(name, new Map());
  }

  get(name: string, value: string): string[] {
    const index = this.#keys.get(name);
    if (!index) throw new Error(`there is no index ${name}`);
    return [...(index.get(value) ?? [])];
  }

  /** `key` held `before` and holds `after`; either may be nothing. */
  move(key: string, before: T | undefined, after: T | undefined): void {
    for (const [name, valuesOf] of Object.entries(this.#indexers)) {
      const index = this.#keys.get(name);
      if (!index) continue;
      if (before) for (const value of valuesOf(before)) remove(index, value, key);
      if (after) for (const value of valuesOf(after)) add(index, value, key);
    }
  }
}

function add(index: Map<string, Set<string>>, value: string, key: string): void {
  const keys = index.get(value);
  if (keys) keys.add(key);
  else index.set(value, new Set([key]));
}

function remove(index: Map<string, Set<string>>, value: string, key: string): void {
  const keys = index.get(value);
  keys?.delete(key);
  if (keys?.size === 0) index.delete(value);
}

/** Functions that name the values under which an object is found, by the name of the index. */
export type Indexers<T extends KubeObject> = Readonly<Record<string, (object: T) => readonly string[]>>;

/** What a Reflector has seen, by `namespace/name`, with this process's own writes laid over it. */
export interface ObjectReader<T extends KubeObject> {
  readonly size: number;
  get(key: string): T | undefined;
  values(): Iterable<T>;
  /** Those which the indexer `index` files under `value`. */
  byIndex(index: string, value: string): readonly T[];
}
