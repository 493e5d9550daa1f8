import type { Chance } from '../../../../ports/chance.ts';
import type { Clock } from '../../../../ports/clock.ts';

const firstMs = 800;
const longestMs = 30_000;
/** So long without a failure makes the next one a first one. */
const forgetMs = 120_000;

/** How long to wait after each of several failures: 800 ms, doubled up to 30 s, each longer by chance up to twice. */
export class BackOff {
  readonly #clock: Clock;
  readonly #chance: Chance;
  #nextMs = firstMs;
  #lastAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, chance: Chance) {
    this.#clock = clock;
    this.#chance = chance;
  }

  /** Milliseconds, for a failure that happened now. */
  next(): number {
    const now = this.#clock.monotonic();
    if (now - this.#lastAt > forgetMs) this.#nextMs = firstMs;
    const base = this.#nextMs;
    this.#lastAt = now;
    this.#nextMs = Math.min(base * 2, longestMs);
    return Math.min(base * (1 + this.#chance.random()), longestMs);
  }
}
