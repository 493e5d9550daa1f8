import { TimeHeap } from '../../../kit/time-heap.ts';
import type { Clock } from '../../../ports/clock.ts';

/** The simulated cloud's own time: epoch milliseconds that never step back, and can be moved forward. */
export class CloudTime {
  readonly #clock: Clock;
  #origin: number;

  /** Starts at the wall time, but never before `notBefore`, the latest time in the kept state. */
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

/** What happens later, in order of time; equal times run in the order given. */
export class Agenda {
  readonly #heap = new TimeHeap<() => void>();

  plan(at: number, run: () => void): void {
    this.#heap.push(at, run);
  }

  /** Takes the next appointment that is due by `now`. */
  due(now: number): { readonly at: number; readonly run: () => void } | undefined {
    const first = this.#heap.earliest;
    if (first === undefined || first.at > now) return undefined;
    this.#heap.pop();
    return { at: first.at, run: first.key };
  }
}
