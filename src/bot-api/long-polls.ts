import type { BotRecord } from '../model/records.ts';
import type { ResourceKey } from '../model/resource-key.ts';
import type { AgentDesk } from '../ports/agent-desk.ts';
import type { Clock } from '../ports/clock.ts';

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

  /** Resolves at news of the bot, after `ms`, when `signal` aborts, or at once when nobody can wait. */
  wait(key: ResourceKey, isNews: Waiter['isNews'], ms: number, signal: AbortSignal): Promise<void> {
    if (this.isFull || signal.aborted || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        cancel();
        signal.removeEventListener('abort', wake);
        this.#leave(key, waiter);
        resolve();
      };
      const waiter: Waiter = { isNews, wake };
      const cancel = this.#clock.schedule(inSteps(ms), wake);
      signal.addEventListener('abort', wake, { once: true });
      this.#enter(key, waiter);
    });
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
