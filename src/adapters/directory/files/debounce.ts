import type { Cancel, Clock } from '../../../ports/clock.ts';

/** Runs `run` once things have been quiet for a while, or have not been for too long. */
export class Debounce {
  readonly #clock: Clock;
  readonly #quietMs: number;
  readonly #longestMs: number;
  readonly #run: () => void;
  #cancel: Cancel | undefined;
  #since = 0;

  constructor(clock: Clock, quietMs: number, longestMs: number, run: () => void) {
    this.#clock = clock;
    this.#quietMs = quietMs;
    this.#longestMs = longestMs;
    this.#run = run;
  }

  call(): void {
    const now = this.#clock.monotonic();
    if (this.#cancel) this.#cancel();
    else this.#since = now;
    const left = this.#since + this.#longestMs - now;
    this.#cancel = this.#clock.schedule(Math.max(0, Math.min(this.#quietMs, left)), () => {
      this.#cancel = undefined;
      this.#run();
    });
  }

  cancel(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
