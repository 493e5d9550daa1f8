import type { Cancel, Clock } from '../../ports/clock.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** A clock that stands still until it is moved: for plans, simulations and tests. Timers run in order of time, then of making. */
export class VirtualClock implements Clock {
  readonly #epoch: number;
  readonly #timers = new Set<Timer>();
  #elapsed = 0;
  #made = 0;

  /** `epoch`: the wall time it starts at, epoch milliseconds. */
  constructor(epoch: number) {
    this.#epoch = epoch;
  }

  now(): number {
    return this.#epoch + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  schedule(delayMs: number, run: () => void): Cancel {
    const timer = { at: this.#elapsed + Math.max(0, delayMs), order: this.#made, run };
    this.#made += 1;
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Time of the earliest timer (monotonic ms); undefined when there is none. */
  nextAt(): number | undefined {
    return this.#earliest()?.at;
  }

  /** Moves to the earliest timer and runs it; false when there is none. */
  runNext(): boolean {
    const timer = this.#earliest();
    if (!timer) return false;
    this.#timers.delete(timer);
    this.#elapsed = Math.max(this.#elapsed, timer.at);
    timer.run();
    return true;
  }

  #earliest(): Timer | undefined {
    let earliest: Timer | undefined;
    for (const timer of this.#timers) {
      if (!earliest || timer.at < earliest.at || (timer.at === earliest.at && timer.order < earliest.order))
        earliest = timer;
    }
    return earliest;
  }
}
