import type { Clock } from '../../ports/clock.ts';
import type { QueueGauges } from '../../ports/metrics.ts';
import { WorkQueue } from './work-queue.ts';

export interface WorkerPoolOptions<K> {
  readonly clock: Clock;
  /** Passes at the same time, at most. */
  readonly size: number;
  /** Must not throw: a pass deals with its own errors. */
  readonly work: (key: K, waitedMs: number) => Promise<void>;
  readonly onAdd?: () => void;
}

/** Takes keys off a work queue with at most `size` passes at the same time; no polling anywhere. */
export class WorkerPool<K> {
  readonly queue: WorkQueue<K>;
  readonly #clock: Clock;
  readonly #size: number;
  readonly #work: (key: K, waitedMs: number) => Promise<void>;
  #active = 0;
  #started = false;
  #idle: (() => void) | undefined;

  constructor(options: WorkerPoolOptions<K>) {
    this.#clock = options.clock;
    this.#size = options.size;
    this.#work = options.work;
    this.queue = new WorkQueue<K>(options.clock, () => this.#pump(), options.onAdd);
  }

  start(): void {
    this.#started = true;
    this.#pump();
  }

  /** Takes nothing more and resolves once every pass under way has ended. */
  drain(): Promise<void> {
    this.#started = false;
    this.queue.close();
    if (this.#active === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle = resolve;
    });
  }

  gauges(): QueueGauges {
    const now = this.#clock.monotonic();
    const ages = [...this.queue.processing.values()].map((since) => (now - since) / 1000);
    return {
      depth: this.queue.depth,
      activeWorkers: this.#active,
      maxWorkers: this.#size,
      unfinishedWorkSeconds: ages.reduce((sum, age) => sum + age, 0),
      longestRunningSeconds: Math.max(0, ...ages),
    };
  }

  #pump(): void {
    while (this.#started && this.#active < this.#size) {
      const taken = this.queue.take();
      if (!taken) return;
      this.#active += 1;
      void this.#run(taken.key, taken.waitedMs);
    }
  }

  async #run(key: K, waitedMs: number): Promise<void> {
    // The pass begins in a turn of its own, so that keys added together are seen together before any is acted on.
    await Promise.resolve();
    try {
      await this.#work(key, waitedMs);
    } finally {
      this.#active -= 1;
      this.queue.done(key);
      this.#pump();
      if (this.#active === 0) this.#idle?.();
    }
  }
}
