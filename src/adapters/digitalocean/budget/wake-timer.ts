import type { Cancel, Clock } from '../../../ports/clock.ts';

/** One timer for the earliest of the requested times. */
export class WakeTimer {
  readonly #clock: Clock;
  readonly #wake: () => void;
  #armed: { readonly at: number; readonly cancel: Cancel } | undefined;

  constructor(clock: Clock, wake: () => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  /** Wakes at `at` (monotonic milliseconds) at the latest. */
  arm(now: number, at: number): void {
    if (this.#armed !== undefined && this.#armed.at <= at) return;
    this.#armed?.cancel();
    const cancel = this.#clock.schedule(Math.max(0, at - now), () => {
      this.#armed = undefined;
      this.#wake();
    });
    this.#armed = { at, cancel };
  }
}
