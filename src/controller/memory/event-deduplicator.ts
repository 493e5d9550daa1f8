import type { ResourceKey } from '../../model/resource-key.ts';

/** How often each event was emitted. */
type Emitted = ReadonlyMap<string, number>;

/** The events of one pass, without those that the failed pass before it has emitted. */
export class PassEvents {
  readonly #before: Emitted;
  readonly #emitted = new Map<string, number>();

  constructor(before: Emitted) {
    this.#before = before;
  }

  get emitted(): Emitted {
    return this.#emitted.size > 0 ? this.#emitted : this.#before;
  }

  /** Ask this before emitting `what`. */
  isNews(what: string): boolean {
    const times = (this.#emitted.get(what) ?? 0) + 1;
    this.#emitted.set(what, times);
    return times > (this.#before.get(what) ?? 0);
  }
}

/**
 * What failed passes have emitted: they run again and find the same. Without this, an outage of the store would fill each
 * bot's history, the log and the counts with one piece of news.
 */
export class EventDeduplicator {
  readonly #failed = new Map<ResourceKey, Emitted>();

  begin(key: ResourceKey): PassEvents {
    return new PassEvents(this.#failed.get(key) ?? new Map());
  }

  /** The pass failed and will run again. */
  failed(key: ResourceKey, { emitted }: PassEvents): void {
    if (emitted.size > 0) this.#failed.set(key, emitted);
  }

  /** A pass has been stored, or the bot is gone: whatever happens from now on is news. */
  stored(key: ResourceKey): void {
    this.#failed.delete(key);
  }
}
