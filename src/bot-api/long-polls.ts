import type { BotRecord } from '../model/records.ts';
import type { ResourceKey } from '../model/resource-key.ts';
import type { AgentDesk } from '../ports/agent-desk.ts';
import type { Cancel, Clock } from '../ports/clock.ts';

interface Waiter {
  readonly isNews: (bot: BotRecord) => boolean;
  readonly wake: () => void;
}

/** Long waits end at whole steps, which spares the timers a list for each millisecond that agents ask for. */
const stepMs = 100;

function inSteps(ms: number): number {
  return ms < stepMs ? ms : ms - (ms % stepMs);
}

/** Calls that wait for news of their bot. They are held in memory alone, and woken when the news is stored. */
export class LongPolls {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #waiters = new Map<ResourceKey, Set<Waiter>>();
  readonly #unlisten: () => void;
  #count = 0;
  #closed = false;

  /** At most `most` wait at once. */
  constructor(desk: AgentDesk, clock: Clock, most: number) {
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

  /**
   * Calls `wake` once: at news of the bot, after `ms`, or when it is over with waiting. Returns the way to wait no more
   * without being woken; undefined when nobody can wait.
   */
  hold(key: ResourceKey, isNews: Waiter['isNews'], ms: number, wake: () => void): Cancel | undefined {
    if (this.isFull) return undefined;
    const leave = () => {
      cancel();
      this.#leave(key, waiter);
    };
    const woken = () => {
      leave();
      wake();
    };
    const waiter: Waiter = { isNews, wake: woken };
    const cancel = this.#clock.schedule(inSteps(ms), woken);
    this.#enter(key, waiter);
    return leave;
  }

  /** Wakes all; nobody waits any more. */
  close(): void {
    this.#closed = true;
    this.#unlisten();
    for (const waiters of [...this.#waiters.values()]) for (const { wake } of [...waiters]) wake();
  }

  #stored(bot: BotRecord): void {
    const waiters = this.#waiters.get(bot.key);
    if (!waiters) return;
    for (const { isNews, wake } of [...waiters]) if (isNews(bot)) wake();
  }

  #enter(key: ResourceKey, waiter: Waiter): void {
    const waiters = this.#waiters.get(key) ?? new Set();
    this.#waiters.set(key, waiters.add(waiter));
    this.#count += 1;
  }

  #leave(key: ResourceKey, waiter: Waiter): void {
    const waiters = this.#waiters.get(key);
    if (!waiters?.delete(waiter)) return;
    this.#count -= 1;
    if (waiters.size === 0) this.#waiters.delete(key);
  }
}
