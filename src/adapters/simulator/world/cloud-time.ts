import type { Clock } from '../../../ports/clock.ts';

/** The simulated cloud's own time: epoch milliseconds that never step back, and can be moved forward. */
export class CloudTime {
  readonly #clock: Clock;
  #origin: number;

  /** Starts at the wall time, but never before `notBefore`, the last time a kept state knows of. */
  constructor(clock: Clock, notBefore: number) {
    this.#clock = clock;
    this.#origin = Math.max(clock.now(), notBefore) - clock.monotonic();
  }

  now(): number {
    return Math.floor(this.#origin + this.#clock.monotonic());
  }

  skip(ms: number): void {
    this.#origin += ms;
  }
}

/** ISO 8601 to the second, as DigitalOcean writes times. */
export function timestamp(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
