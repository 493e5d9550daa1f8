import type { Chance } from '../../../../ports/chance.ts';
import type { Clock } from '../../../../ports/clock.ts';
import { failureOf } from '../kube-error.ts';

/** While a server does not listen, asking costs it nothing, and whoever asks often sees it come back at once. */
const downMs = 200;
/** A server that has just begun to listen refuses much that it will answer a moment later. */
const startingMs = 200;
const startsWithinMs = 15_000;

/** How long a watcher waits after a failure before it asks again. */
export class RetryDelay {
  readonly #clock: Clock;
  readonly #chance: Chance;
  readonly #backOff: BackOff;
  #unansweredAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, chance: Chance) {
    this.#clock = clock;
    this.#chance = chance;
    this.#backOff = new BackOff(clock, chance);
  }

  /** Milliseconds. */
  after(error: unknown): number {
    const failure = failureOf(error);
    const now = this.#clock.monotonic();
    if (failure?.stranded) return 0;
    if (failure?.httpStatus === 0) {
      this.#unansweredAt = now;
      return this.#jittered(downMs);
    }
    if (failure?.retryAfterMs !== undefined) return this.#jittered(failure.retryAfterMs);
    if (now - this.#unansweredAt < startsWithinMs) return this.#jittered(startingMs);
    return this.#backOff.next();
  }

  #jittered(ms: number): number {
    return ms * (1 + this.#chance.random() / 4);
  }
}

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
