import type { Settings } from '../settings.ts';

const hourMs = 3_600_000;
const minuteMs = 60_000;
/** `GET /v2/account/keys` and each key below it have their own limit: 10 in 60 s. */
const keyReadsAMinute = 10;
/** The limit in the headers if no hourly limit is set: a number that nobody reaches. */
const unlimited = 1_000_000_000;

interface TokenWindows {
  readonly hour: RequestWindow;
  readonly minute: RequestWindow;
  readonly keyReads: RequestWindow;
}

export type Admission =
  | { readonly admitted: true }
  /** `retryAfterSeconds` is given only for a burst, never for the hourly limit. */
  | { readonly admitted: false; readonly retryAfterSeconds?: number };

/** DigitalOcean's limits for each token. A refused request counts against none. */
export class RateLimits {
  readonly #windows = new Map<string, TokenWindows>();
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  admit(token: string, keyRead: boolean, now: number): Admission {
    const { hourlyLimit, minuteLimit } = this.#settings;
    const { hour, minute, keyReads } = this.#of(token);
    if (hourlyLimit > 0 && hour.used(now) >= hourlyLimit) return { admitted: false };
    if (minuteLimit > 0 && minute.used(now) >= minuteLimit) return burst(minute, now);
    if (keyRead && minuteLimit > 0 && keyReads.used(now) >= keyReadsAMinute) return burst(keyReads, now);
    if (hourlyLimit > 0) hour.take(now);
    if (minuteLimit > 0) minute.take(now);
    if (keyRead) keyReads.take(now);
    return { admitted: true };
  }

  /** `ratelimit-reset` is when the oldest request expires, not a full reset. */
  headers(token: string, now: number): Record<string, string> {
    const { hourlyLimit } = this.#settings;
    const limit = hourlyLimit > 0 ? hourlyLimit : unlimited;
    const { hour } = this.#of(token);
    return {
      'ratelimit-limit': String(limit),
      'ratelimit-remaining': String(Math.max(0, limit - hour.used(now))),
      'ratelimit-reset': String(
        Math.ceil(((hour.firstExpiry(now) ?? now + hourMs) + this.#settings.clockOffsetMs) / 1_000),
      ),
    };
  }

  #of(token: string): TokenWindows {
    let windows = this.#windows.get(token);
    if (windows === undefined) {
      const minute = () => new RequestWindow(minuteMs);
      windows = { hour: new RequestWindow(hourMs), minute: minute(), keyReads: minute() };
      this.#windows.set(token, windows);
    }
    return windows;
  }
}

function burst(window: RequestWindow, now: number): Admission {
  const waitMs = (window.firstExpiry(now) ?? now) - now;
  return { admitted: false, retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)) };
}

/** At most `limit` takes in any `lengthMs`: each take expires that long after it was made. */
export class RequestWindow {
  readonly #lengthMs: number;
  #takes: number[] = [];
  #expired = 0;

  constructor(lengthMs: number) {
    this.#lengthMs = lengthMs;
  }

  used(now: number): number {
    this.#expire(now);
    return this.#takes.length - this.#expired;
  }

  /** When the oldest take expires; undefined if there is none. */
  firstExpiry(now: number): number | undefined {
    this.#expire(now);
    const oldest = this.#takes[this.#expired];
    return oldest === undefined ? undefined : oldest + this.#lengthMs;
  }

  take(now: number): void {
    this.#takes.push(now);
  }

  #expire(now: number): void {
    const takes = this.#takes;
    while (this.#expired < takes.length && (takes[this.#expired] ?? now) + this.#lengthMs <= now)
      this.#expired += 1;
    if (this.#expired < 1_024 || this.#expired * 2 < takes.length) return;
    this.#takes = takes.slice(this.#expired);
    this.#expired = 0;
  }
}
