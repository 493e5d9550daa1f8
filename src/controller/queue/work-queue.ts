import { backOffMs } from '../../kit/back-off.ts';
import { TimeHeap } from '../../kit/time-heap.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';

/** First to last: `asked` while a caller waits for an answer, `live` for changes, `routine` for first listings and sweeps. */
const priorities = ['asked', 'live', 'routine'] as const;
export type Priority = (typeof priorities)[number];

interface AddOptions {
  readonly priority?: Priority;
  readonly delayMs?: number;
}

interface Due {
  priority: Priority;
  at: number;
}

/** Per-key back-off after failures: 5 ms · 2ⁿ up to 1,000 s, as client-go's DefaultTypedControllerRateLimiter has it. */
const firstBackoffMs = 5;
const longestBackoffMs = 1_000_000;

/**
 * A work queue with the semantics of client-go's: a key is worked on by one worker at a time; an add while it is
 * processed makes it dirty, and `done` queues it again; adds merge to the highest priority and the shortest delay.
 */
export class WorkQueue<K> {
  readonly #clock: Clock;
  readonly #onReady: () => void;
  readonly #onAdd: () => void;
  readonly #ready: Record<Priority, Set<K>> = {
    asked: new Set(),
    live: new Set(),
    routine: new Set(),
  };
  readonly #readySince = new Map<K, number>();
  readonly #delayed = new Map<K, Due>();
  readonly #heap = new TimeHeap<K>();
  readonly #processing = new Map<K, number>();
  readonly #dirty = new Map<K, Priority>();
  readonly #failures = new Map<K, number>();
  #timer: { at: number; cancel: Cancel } | undefined;
  #closed = false;

  /** `onAdd` is called for every key that newly waits for a worker. */
  constructor(clock: Clock, onReady: () => void, onAdd: () => void = () => {}) {
    this.#clock = clock;
    this.#onReady = onReady;
    this.#onAdd = onAdd;
  }

  /** Keys ready to be taken. */
  get depth(): number {
    return priorities.reduce((sum, priority) => sum + this.#ready[priority].size, 0);
  }

  /** When each key now being worked on was taken (monotonic ms). */
  get processing(): ReadonlyMap<K, number> {
    return this.#processing;
  }

  add(key: K, options: AddOptions = {}): void {
    if (this.#closed) return;
    const { priority = 'live', delayMs = 0 } = options;
    if (delayMs > 0) this.#delay(key, priority, delayMs);
    else this.#addNow(key, priority);
  }

  /** The next key with how long it waited, or undefined when none is ready. Call `done` afterwards, always. */
  take(): { key: K; waitedMs: number } | undefined {
    const ready = priorities.map((priority) => this.#ready[priority]).find(({ size }) => size > 0);
    const key = ready && first(ready);
    if (key === undefined) return undefined;
    ready?.delete(key);
    const now = this.#clock.monotonic();
    const waitedMs = now - (this.#readySince.get(key) ?? now);
    this.#readySince.delete(key);
    this.#processing.set(key, now);
    return { key, waitedMs };
  }

  done(key: K): void {
    this.#processing.delete(key);
    const priority = this.#dirty.get(key);
    this.#dirty.delete(key);
    if (priority) this.add(key, { priority });
  }

  /** Queues the key again after its back-off; returns the delay in ms. */
  retry(key: K): number {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const delayMs = backOffMs(failures + 1, firstBackoffMs, longestBackoffMs);
    this.add(key, { delayMs });
    return delayMs;
  }

  /** Ends the key's back-off. */
  forget(key: K): void {
    this.#failures.delete(key);
  }

  /** Accepts no more keys; those that are ready are dropped. */
  close(): void {
    this.#closed = true;
    for (const priority of priorities) this.#ready[priority].clear();
    this.#delayed.clear();
    this.#timer?.cancel();
  }

  #addNow(key: K, priority: Priority): void {
    this.#delayed.delete(key);
    if (!this.#processing.has(key)) this.#makeReady(key, priority);
    else this.#dirty.set(key, higher(priority, this.#dirty.get(key)));
  }

  #makeReady(key: K, priority: Priority): void {
    if (!this.#readySince.has(key)) {
      this.#readySince.set(key, this.#clock.monotonic());
      this.#onAdd();
    }
    const present = priorities.find((known) => this.#ready[known].has(key));
    const wanted = higher(priority, present);
    if (present === wanted) return;
    if (present) this.#ready[present].delete(key);
    this.#ready[wanted].add(key);
    this.#onReady();
  }

  #delay(key: K, priority: Priority, delayMs: number): void {
    const at = this.#clock.monotonic() + delayMs;
    const due = this.#delayed.get(key);
    if (due && due.at <= at) {
      due.priority = higher(priority, due.priority);
      return;
    }
    this.#delayed.set(key, { at, priority: higher(priority, due?.priority) });
    this.#heap.push(at, key);
    this.#arm();
  }

  #arm(): void {
    const at = this.#heap.earliest?.at;
    if (at === undefined || (this.#timer && this.#timer.at <= at)) return;
    this.#timer?.cancel();
    const cancel = this.#clock.schedule(Math.max(0, at - this.#clock.monotonic()), () => this.#release());
    this.#timer = { at, cancel };
  }

  #release(): void {
    this.#timer = undefined;
    const now = this.#clock.monotonic();
    for (let entry = this.#heap.earliest; entry && entry.at <= now; entry = this.#heap.earliest) {
      this.#heap.pop();
      this.#releaseOne(entry.key, entry.at);
    }
    this.#arm();
  }

  /** A heap entry whose key has since been added for an earlier time is stale. */
  #releaseOne(key: K, at: number): void {
    const due = this.#delayed.get(key);
    if (due?.at !== at) return;
    this.#delayed.delete(key);
    this.add(key, { priority: due.priority });
  }
}

function higher(priority: Priority, other: Priority = priority): Priority {
  return priorities.indexOf(priority) < priorities.indexOf(other) ? priority : other;
}

function first<T>(set: Set<T>): T | undefined {
  for (const item of set) return item;
  return undefined;
}
