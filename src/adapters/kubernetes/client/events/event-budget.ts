import type { Clock } from '../../../../ports/clock.ts';

/** Of one object so many events may be written at once, and one more in every so often. */
const burst = 20;
const refillMs = 30_000;
/** Objects that are remembered; one that is forgotten begins afresh. */
const mostObjects = 4_096;

interface Bucket {
  tokens: number;
  at: number;
}

/** Bounds what is written about each object. */
export class EventBudget {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** 0 when an event about the object `uid` may be written now, which is then counted; else how long to wait, ms. */
  take(uid: string): number {
    const now = this.#clock.monotonic();
    const bucket = this.#refilled(uid, now);
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return 0;
    }
    return Math.ceil((1 - bucket.tokens) * refillMs);
  }

  #refilled(uid: string, now: number): Bucket {
    const { tokens, at } = this.#buckets.get(uid) ?? { tokens: burst, at: now };
    const bucket = { tokens: Math.min(burst, tokens + (now - at) / refillMs), at: now };
    this.#buckets.delete(uid);
    this.#buckets.set(uid, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > mostObjects && oldest !== undefined) this.#buckets.delete(oldest);
    return bucket;
  }
}
