import type { Cancel, Clock } from '../../ports/clock.ts';

/** Runs one job repeatedly, never twice at once; `at` sets the next time. The earliest time asked for wins. */
export class Ticker {
  readonly #clock: Clock;
  readonly #job: () => Promise<void>;
  #planned: { at: number; cancel: Cancel } | undefined;
  #running = false;
  #askedFor: number | undefined;
  #stopped = false;

  /** `job` deals with its own failures; it calls `at` for its next time. */
  constructor(clock: Clock, job: () => Promise<void>) {
    this.#clock = clock;
    this.#job = job;
  }

  /** Runs the job in `delayMs`; while it runs, the wish is kept until it ends. */
  at(delayMs: number): void {
    if (this.#stopped) return;
    const due = this.#clock.monotonic() + delayMs;
    if (this.#running) this.#askedFor = Math.min(this.#askedFor ?? due, due);
    else this.#schedule(due);
  }

  stop(): void {
    this.#stopped = true;
    this.#planned?.cancel();
  }

  #schedule(due: number): void {
    if (this.#planned && this.#planned.at <= due) return;
    this.#planned?.cancel();
    const cancel = this.#clock.schedule(Math.max(0, due - this.#clock.monotonic()), () => void this.#run());
    this.#planned = { at: due, cancel };
  }

  async #run(): Promise<void> {
    this.#planned = undefined;
    this.#running = true;
    try {
      await this.#job();
    } finally {
      this.#running = false;
      const next = this.#askedFor;
      this.#askedFor = undefined;
      if (next !== undefined && !this.#stopped) this.#schedule(next);
    }
  }
}
