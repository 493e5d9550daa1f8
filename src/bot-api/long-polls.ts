import type { BotRecord } from '../model/records.ts';
import type { ResourceKey } from '../model/resource-key.ts';
import type { AgentBackend } from '../ports/agent-backend.ts';
import type { Cancel, Clock } from '../ports/clock.ts';

/** A call that waits for news of its bot. */
export interface Waiter {
  isNews(bot: BotRecord): boolean;
  /** Called once: on news, when the time is up, or when all waiting ends. */
  wake(): void;
}

/** Ends one wait. */
export interface PollHandle {
  /** Stops waiting without being woken. */
  leave(): void;
}

/**
 * Long waits end at whole steps: Node keeps one timer list per distinct duration,
 * and agents ask for any number of ms.
 */
const stepMs = 100;

function inSteps(ms: number): number {
  return ms < stepMs ? ms : ms - (ms % stepMs);
}

/** One object, as closures would take three times the memory and ten thousand calls wait. */
class WaitingPoll implements PollHandle {
  readonly key: ResourceKey;
  readonly waiter: Waiter;
  readonly #onLeave: (poll: WaitingPoll) => void;
  readonly #cancel: Cancel;

  constructor(
    key: ResourceKey,
    waiter: Waiter,
    onLeave: (poll: WaitingPoll) => void,
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

/**
 * Calls that wait for news of their bot. They are kept in memory alone, and woken when the news is stored.
 */
export class LongPolls {
  readonly #clock: Clock;
  readonly #limit: number;
  /** Mostly one per bot. */
  readonly #polls = new Map<ResourceKey, readonly WaitingPoll[]>();
  readonly #unlisten: () => void;
  #count = 0;
  #closed = false;

  /** At most `limit` calls wait at once. */
  constructor(backend: AgentBackend, clock: Clock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
    this.#unlisten = backend.onStored((bot) => this.#stored(bot));
  }

  get size(): number {
    return this.#count;
  }

  /** Whether no further call can wait: too many do, or the polls are closed. */
  get isFull(): boolean {
    return this.#closed || this.#count >= this.#limit;
  }

  /** Lets `waiter` wait for at most `ms`; undefined if no further call can wait. */
  wait(key: ResourceKey, waiter: Waiter, ms: number): PollHandle | undefined {
    if (this.isFull) return undefined;
    const poll = new WaitingPoll(key, waiter, this.#left, (run) => this.#clock.schedule(inSteps(ms), run));
    this.#polls.set(key, [...(this.#polls.get(key) ?? []), poll]);
    this.#count += 1;
    return poll;
  }

  /** Wakes all; no call waits from now on. */
  close(): void {
    this.#closed = true;
    this.#unlisten();
    for (const polls of [...this.#polls.values()]) for (const poll of polls) poll.wake();
  }

  #stored(bot: BotRecord): void {
    for (const poll of this.#polls.get(bot.key) ?? []) if (poll.waiter.isNews(bot)) poll.wake();
  }

  readonly #left = (poll: WaitingPoll): void => {
    const before = this.#polls.get(poll.key) ?? [];
    const after = before.filter((other) => other !== poll);
    this.#count -= before.length - after.length;
    if (after.length > 0) this.#polls.set(poll.key, after);
    else this.#polls.delete(poll.key);
  };
}
