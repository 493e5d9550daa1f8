import type { KubeObject } from '../kube-object.ts';

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
