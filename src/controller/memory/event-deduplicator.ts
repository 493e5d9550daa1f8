import type { ResourceKey } from '../../model/resource-key.ts';

/** How often each thing was told. */
type Told = ReadonlyMap<string, number>;

/** What one pass tells, less what was told by the pass that failed before it. */
export class PassEvents {
  readonly #before: Told;
  readonly #told = new Map<string, number>();

  constructor(before: Told) {
    this.#before = before;
  }

  get told(): Told {
    return this.#told.size > 0 ? this.#told : this.#before;
  }

  /** To be asked before `what` is told. */
  isNews(what: string): boolean {
    const times = (this.#told.get(what) ?? 0) + 1;
    this.#told.set(what, times);
    return times > (this.#before.get(what) ?? 0);
  }
}

/**
 * What passes told and could not store: they are made again, and find the same. Without it an outage of the store would
 * fill each bot's history, the log and the counts with one piece of news.
 */
export class EventDeduplicator {
  readonly #failed = new Map<ResourceKey, Told>();

  begin(key: ResourceKey): PassEvents {
    return new PassEvents(this.#failed.get(key) ?? new Map());
  }

  /** The pass is made again. */
  failed(key: ResourceKey, { told }: PassEvents): void {
    if (told.size > 0) this.#failed.set(key, told);
  }

  /** A pass has been stored, or the bot is gone: whatever happens from now on is news. */
  settle(key: ResourceKey): void {
    this.#failed.delete(key);
  }
}
