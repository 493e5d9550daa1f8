import type { BotRecord } from '../model/records.ts';
import type { ResourceKey } from '../model/resource-key.ts';
import type { AgentBackend } from '../ports/agent-backend.ts';
import type { Cancel, Clock } from '../ports/clock.ts';

/** A call that waits for news of its bot. */
export interface Waiter {
  isNews(bot: BotRecord): boolean;
  /** Told once: of news, that the time is over, or that it is over with waiting. */
  wake(): void;
}

/** Its place among those that wait. */
export interface HeldPoll {
  /** It waits no more, and is not woken. */
  leave(): void;
}

/** Long waits end at whole steps, which spares the timers a list for each millisecond that agents ask for. */
const stepMs = 100;

function inSteps(ms: number): number {
  return ms < stepMs ? ms : ms - (ms % stepMs);
}

/** One object for what closures would take three times as much for: ten thousand calls wait. */
class WaitingPoll implements HeldPoll {
  readonly key: ResourceKey;
  readonly waiter: Waiter;
  readonly #onLeave: (place: WaitingPoll) => void;
  readonly #cancel: Cancel;

  constructor(
    key: ResourceKey,
    waiter: Waiter,
    onLeave: (place: WaitingPoll) => void,
    schedule: (run: () => void) => Cancel,
  ) {
    this.key = key;
    this.waiter = waiter;
    this.#onLeave = onLeave;
    this.#cancel = schedule(() => this.wake());
  }

  leave(): void {
    this.#cancel();
    this.#onLeave(this);
  }

  wake(): void {
    this.leave();
    this.waiter.wake();
  }
}

/** Calls that wait for news of their bot. They are held in memory alone, and woken when the news is stored. */
export class LongPolls {
  readonly #clock: Clock;
  readonly #most: number;
  /** A bot has one, mostly. */
  readonly #places = new Map<ResourceKey, readonly WaitingPoll[]>();
  readonly #unlisten: () => void;
  #count = 0;
  #closed = false;

  /** At most `most` wait at once. */
  constructor(desk: AgentBackend, clock: Clock, most: number) {
    this.#clock = clock;
    this.#most = most;
    this.#unlisten = desk.onStored((bot) => this.#stored(bot));
  }

  get size(): number {
    return this.#count;
  }

  /** Whether nobody can wait: too many do, or it is over with waiting. */
  get isFull(): boolean {
    return this.#closed || this.#count >= this.#most;
  }

  /** Has `waiter` wait for `ms` at most; undefined when nobody can wait. */
  hold(key: ResourceKey, waiter: Waiter, ms: number): HeldPoll | undefined {
    if (this.isFull) return undefined;
    const place = new WaitingPoll(key, waiter, this.#left, (run) => this.#clock.schedule(inSteps(ms), run));
    this.#places.set(key, [...(this.#places.get(key) ?? []), place]);
    this.#count += 1;
    return place;
  }

  /** Wakes all; nobody waits any more. */
  close(): void {
    this.#closed = true;
    this.#unlisten();
    for (const places of [...this.#places.values()]) for (const place of places) place.wake();
  }

  #stored(bot: BotRecord): void {
    for (const place of this.#places.get(bot.key) ?? []) if (place.waiter.isNews(bot)) place.wake();
  }

  readonly #left = (place: WaitingPoll): void => {
    const before = this.#places.get(place.key) ?? [];
    const after = before.filter((other) => other !== place);
    this.#count -= before.length - after.length;
    if (after.length > 0) this.#places.set(place.key, after);
    else this.#places.delete(place.key);
  };
}
