import type { Chance } from '../../../../ports/chance.ts';
import type { Clock } from '../../../../ports/clock.ts';
import type { Log } from '../../../../ports/log.ts';
import type { KubeAPI, Query } from '../kube-api.ts';
import type { KubeObject } from '../kube-object.ts';
import type { Indexers } from './object-reader.ts';

/**
 * A key whose object is new, changed, replayed by a resync, or gone (`object` undefined). `live` is false for what
 * the first listing shows and for a resync.
 */
export type OnChange<T extends KubeObject> = (key: string, object: T | undefined, live: boolean) => void;

export interface ReflectorOptions<T extends KubeObject> {
  readonly client: KubeAPI;
  /** Of the collection: `resourcePath(type, {namespace})`. */
  readonly path: string;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly onChange: OnChange<T>;
  /** `labelSelector`, `fieldSelector`: sent with every list and watch. */
  readonly filterQuery?: Query;
  /** What is kept of each object; default: all but managedFields, which are dropped in any case. */
  readonly keep?: (object: T) => T;
  readonly indexers?: Indexers<T>;
  /** Every so often all of the cache is told again, without a call; default: never. */
  readonly resyncMs?: number;
  /** Told of the first failure after a success (with its message) and of the next success (undefined). */
  readonly onHealth?: (failure: string | undefined) => void;
}
