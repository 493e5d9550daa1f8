import type { Cancel, Clock } from '../ports/clock.ts';
import { TimeHeap } from './time-heap.ts';

/** `live` for what someone changed, `routine` for first listings and sweeps. */
export type Priority = 'live' | 'routine';

interface AddOptions {
  readonly priority?: Priority;
  readonly delayMs?: number;
}

interface Due {
  priority: Priority;
  at: number;
}

/** Per-key back-off after failures: 5 ms · 2ⁿ up to 1000 s, client-go's own figures. */
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
  readonly #ready: Record<Priority, Set<K>> = { live: new Set(), routine: new Set() };
  readonly #readySince = new Map<K, number>();
  readonly #delayed = new Map<K, Due>();
  readonly #heap = new TimeHeap<K>();
  readonly #processing = new Map<K, number>();
  readonly #dirty = new Map<K, Priority>();
  readonly #failures = new Map<K, number>();
  #timer: { at: number; cancel: Cancel } | undefined;
  #closed = false;

  /** `onAdd` is told of every key that newly waits for a worker. */
  constructor(clock: Clock, onReady: () => void, onAdd: () => void = () => {}) {
    this.#clock = clock;
    this.#onReady = onReady;
    this.#onAdd = onAdd;
  }

  /** Keys ready to be taken. */
  get depth(): number {
    return this.#ready.live.size + this.#ready.routine.size;
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
    const key = first(this.#ready.live) ?? first(this.#ready.routine);
    if (key === undefined) return undefined;
    this.#ready.live.delete(key);
    this.#ready.routine.delete(key);
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
    const delayMs = Math.min(longestBackoffMs, firstBackoffMs * 2 ** failures);
    this.add(key, { delayMs });
    return delayMs;
  }

  /** Ends the key's back-off. */
  forget(key: K): void {
    this.#failures.delete(key);
  }

  /** Takes nothing more in; what is ready is dropped. */
  close(): void {
    this.#closed = true;
    this.#ready.live.clear();
    this.#ready.routine.clear();
    this.#delayed.clear();
    this.#timer?.cancel();
  }

  #addNow(key: K, priority: Priority): void {
    this.#delayed.delete(key);
    if (!this.#processing.has(key)) this.#makeReady(key, priority);
    else if (this.#dirty.get(key) !== 'live') this.#dirty.set(key, priority);
  }

  #makeReady(key: K, priority: Priority): void {
    if (!this.#readySince.has(key)) {
      this.#readySince.set(key, this.#clock.monotonic());
      this.#onAdd();
    }
    if (priority === 'live') this.#ready.routine.delete(key);
    else if (this.#ready.live.has(key)) return;
    this.#ready[priority].add(key);
    this.#onReady();
  }

  #delay(key: K, priority: Priority, delayMs: number): void {
    const at = this.#clock.monotonic() + delayMs;
    const due = this.#delayed.get(key);
    if (due && due.at <= at) {
      if (priority === 'live') due.priority = 'live';
      return;
    }
    this.#delayed.set(key, { at, priority: due?.priority === 'live' ? 'live' : priority });
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

  /** A heap entry whose key was since added sooner, or at once, is stale. */
  #releaseOne(key: K, at: number): void {
    const due = this.#delayed.get(key);
    if (due?.at !== at) return;
    this.#delayed.delete(key);
    this.add(key, { priority: due.priority });
  }
}

function first<T>(set: Set<T>): T | undefined {
  for (const item of set) return item;
  return undefined;
}
