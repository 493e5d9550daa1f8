import type { Clock } from '../../../ports/clock.ts';
import type { RateLimit } from './server-limits.ts';

interface Bucket {
  tokens: number;
  /** Monotonic. */
  at: number;
}

/** A bucket for each key; what is kept is bounded by dropping the key that was used least recently. */
export class TokenBuckets {
  readonly #clock: Clock;
  readonly #limit: RateLimit;
  readonly #mostKeys: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock, limit: RateLimit, mostKeys: number) {
    this.#clock = clock;
    this.#limit = limit;
    this.#mostKeys = mostKeys;
  }

  get size(): number {
    return this.#buckets.size;
  }

  has(key: string): boolean {
    return this.#buckets.has(key);
  }

  /** How long until the key has a token again; 0 when it has one. */
  waitMs(key: string): number {
    const bucket = this.#buckets.get(key);
    if (!bucket) return 0;
    const missing = 1 - this.#tokensOf(bucket);
    return missing > 0 ? (missing / this.#limit.perSecond) * 1_000 : 0;
  }

  take(key: string): void {
    const bucket = this.#buckets.get(key);
    const tokens = bucket ? this.#tokensOf(bucket) : this.#limit.burst;
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens: Math.max(0, tokens - 1), at: this.#clock.monotonic() });
    if (this.#buckets.size > this.#mostKeys) this.#dropOldest();
  }

  forget(key: string): void {
    this.#buckets.delete(key);
  }

  #tokensOf({ tokens, at }: Bucket): number {
    const { burst, perSecond } = this.#limit;
    return Math.min(burst, tokens + ((this.#clock.monotonic() - at) / 1_000) * perSecond);
  }

  #dropOldest(): void {
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}
