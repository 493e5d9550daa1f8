import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Chance } from '../../../../ports/chance.ts';
import { type Cancel, type Clock, sleep } from '../../../../ports/clock.ts';
import type { Log } from '../../../../ports/log.ts';
import type { KubeAPI, Query } from '../kube-api.ts';
import { type KubeObject, keyOf } from '../kube-object.ts';
import { ListWatch, type ListWatchSink } from './list-watch.ts';
import { type ChangedKeys, ObjectCache } from './object-cache.ts';
import type { Indexers, ObjectReader } from './object-index.ts';
import { RetryDelay } from './retry-delay.ts';

/**
 * A key whose object is new, changed, replayed by a resync, or gone (`object` undefined). `live` is false for what
 * the first listing shows and for a resync.
 */
type OnChange<T extends KubeObject> = (key: string, object: T | undefined, live: boolean) => void;

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

/** Of a long listing so many changes are told before others get their turn. */
const toldAtOnce = 250;

/**
 * Keeps a cache level with a collection of the API server and tells what changes, until it is stopped. No failure
 * ends it. An object only ever moves forward: what is older than the cache, own writes included, is not taken.
 */
export class Reflector<T extends KubeObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #cache: ObjectCache<T>;
  readonly #listWatch: ListWatch<T>;
  readonly #delay: RetryDelay;
  readonly #stopped = new AbortController();
  readonly #firstListing = Promise.withResolvers<void>();
  /** The listing under way. */
  #listed = new Map<string, T>();
  #askedAt = 0;
  #synced = false;
  #failing = false;
  #running: Promise<void> | undefined;
  #cancelResync: Cancel = () => undefined;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#cache = new ObjectCache(options.indexers);
    this.#delay = new RetryDelay(options.clock, options.chance);
    this.#listWatch = new ListWatch({
      ...options,
      filterQuery: options.filterQuery ?? {},
      sink: this.#sink(),
    });
  }

  get objects(): ObjectReader<T> {
    return this.#cache;
  }

  /** Whether a whole listing has been taken since the start. */
  get synced(): boolean {
    return this.#synced;
  }

  /** Resolves when the first listing has been told, or when it is stopped before; never rejects. */
  start(): Promise<void> {
    this.#running ??= this.#run();
    return this.#firstListing.promise;
  }

  /** Once this is called nothing more is told. Resolves when the connection is closed. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#cancelResync();
    this.#firstListing.resolve();
    await this.#running;
  }

  /** Takes the answer to an own write, without telling it; what is older is not taken from now on. */
  overlay(object: T): void {
    this.#cache.overlay(withoutManagedFields(object));
  }

  /** The object is gone for good by an own write; nothing is told of it any more. */
  bury(object: KubeObject): void {
    this.#cache.bury(object);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    this.#scheduleResync();
    while (!signal.aborted) {
      try {
        await this.#listWatch.step(signal);
      } catch (error) {
        await this.#rest(error);
      }
    }
  }

  /** Waits after a failure. */
  async #rest(error: unknown): Promise<void> {
    const { signal } = this.#stopped;
    if (signal.aborted) return;
    this.#failed(error);
    await sleep(this.#options.clock, this.#delay.after(error), signal).catch(() => undefined);
  }

  #sink(): ListWatchSink<T> {
    return {
      listing: () => {
        this.#listed = new Map();
        this.#askedAt = this.#cache.mark();
      },
      listed: (object) => this.#listed.set(keyOf(object), this.#kept(object)),
      unlisted: (object) => this.#listed.delete(keyOf(object)),
      complete: (version, anew) => this.#takeListing(version, anew),
      stored: (object) => {
        // Most of what comes is the echo of own writes.
        if (!this.#cache.isNews(object)) return;
        this.#cache.store(this.#kept(object));
        this.#tell(keyOf(object), true);
      },
      deleted: (object) => {
        if (this.#cache.drop(object)) this.#tell(keyOf(object), true);
      },
      answered: () => this.#answered(),
    };
  }

  #kept(object: T): T {
    const kept = withoutManagedFields(object);
    return this.#options.keep?.(kept) ?? kept;
  }

  async #takeListing(version: string, anew: boolean): Promise<void> {
    const objects = [...this.#listed.values()];
    this.#listed = new Map();
    const changed = this.#cache.replace({ objects, version, askedAt: this.#askedAt, anew });
    this.#answered();
    await this.#tellAll(changed, this.#synced);
    this.#synced = true;
    this.#firstListing.resolve();
  }

  async #tellAll(keys: ChangedKeys, live: boolean): Promise<void> {
    for (const [at, key] of keys.entries()) {
      if (at > 0 && at % toldAtOnce === 0) await nextTurn();
      this.#tell(key, live);
    }
  }

  #tell(key: string, live: boolean): void {
    if (this.#stopped.signal.aborted) return;
    try {
      this.#options.onChange(key, this.#cache.get(key), live);
    } catch (error) {
      this.#options.log.error({ err: error, path: this.#options.path, key }, 'a change could not be taken');
    }
  }

  #failed(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const { log, path, onHealth } = this.#options;
    log.debug({ err: error, path }, 'list or watch failed');
    if (this.#failing) return;
    this.#failing = true;
    log.warn({ path, failure: message }, 'list or watch failed: trying again until it works');
    onHealth?.(message);
  }

  #answered(): void {
    if (!this.#failing || this.#stopped.signal.aborted) return;
    this.#failing = false;
    this.#options.log.info({ path: this.#options.path }, 'list and watch work again');
    this.#options.onHealth?.(undefined);
  }

  #scheduleResync(): void {
    const { clock, resyncMs } = this.#options;
    if (resyncMs === undefined) return;
    this.#cancelResync = clock.schedule(resyncMs, () => {
      void this.#tellAll(
        [...this.#cache.values()].map((object) => keyOf(object)),
        false,
      );
      this.#scheduleResync();
    });
  }
}

/** The object without `metadata.managedFields`: copied, for a deleted property makes an object slow and large. */
function withoutManagedFields<T extends KubeObject>(object: T): T {
  if (!('managedFields' in object.metadata)) return object;
  const { managedFields, ...metadata } = object.metadata as T['metadata'] & { managedFields: unknown };
  void managedFields;
  return { ...object, metadata };
}
