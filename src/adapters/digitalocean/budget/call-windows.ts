import type { CallClass } from '../../../ports/budget.ts';
import { SlidingWindow, type Slot } from './sliding-window.ts';

const hourMs = 3_600_000;
const minuteMs = 60_000;
/** DigitalOcean's limits on one token: https://docs.digitalocean.com/reference/api/, "Rate Limit". */
export const defaultHourlyLimit = 5000;
export const defaultMinuteLimit = 250;
/** Our windows are this much wider than the API's, which counts a call on arrival, not when it is sent. */
const hourMarginMs = 2000;
const minuteMarginMs = 250;
/** The share of each window that background calls leave to the more urgent classes. */
const headroom = 0.1;

export interface Slots {
  readonly at: number;
  readonly hour: Slot;
  readonly minute: Slot;
}

const noSlots: Slots = { at: 0, hour: -1, minute: -1 };

/**
 * The hourly and the per-minute window of one token, as far as we know them.
 * Times are monotonic milliseconds.
 */
export class CallWindows {
  readonly #configuredHourly: number;
  readonly #hour: SlidingWindow;
  readonly #minute: SlidingWindow;
  readonly #foreignUse = new ForeignUse();
  readonly #unlimited: boolean;

  constructor(hourlyLimit: number | undefined, minuteLimit: number | undefined) {
    this.#configuredHourly = hourlyLimit ?? Number.POSITIVE_INFINITY;
    this.#hour = new SlidingWindow(hourlyLimit ?? defaultHourlyLimit, hourMs + hourMarginMs);
    this.#minute = new SlidingWindow(minuteLimit ?? defaultMinuteLimit, minuteMs + minuteMarginMs);
    this.#unlimited =
      this.#hour.limit === Number.POSITIVE_INFINITY && this.#minute.limit === this.#hour.limit;
  }

  /** When both windows have room for `calls` calls of the class: `now` or later. */
  freeAt(now: number, callClass: CallClass, calls: number): number {
    if (this.#unlimited) return now;
    const kept = callClass === 'background' ? headroom : 0;
    const minute = this.#minute.freeAt(now, calls, keep(this.#minute.limit, kept));
    return Math.max(minute, this.#hourFreeAt(now, calls, keep(this.#hour.limit, kept)));
  }

  take(now: number): Slots {
    if (this.#unlimited) return noSlots;
    return { at: now, hour: this.#hour.take(now), minute: this.#minute.take(now) };
  }

  giveBack(slots: Slots): void {
    if (this.#unlimited) return;
    this.#hour.cancel(slots.hour);
    this.#minute.cancel(slots.minute);
  }

  /** Counts a reserved call from `now` on, when it is sent. A delay below the margin makes no difference. */
  renew(slots: Slots, now: number): Slots {
    if (this.#unlimited || now - slots.at < minuteMarginMs) return slots;
    this.giveBack(slots);
    return this.take(now);
  }

  /**
   * Corrects the hourly window from an answer: `limit` and `remaining` as in its headers, `relaxAt` when the
   * oldest request that the API counts expires.
   */
  learn(now: number, limit: number, remaining: number, relaxAt: number): void {
    if (this.#hour.limit === Number.POSITIVE_INFINITY) return;
    this.#hour.limit = Math.min(limit, this.#configuredHourly);
    this.#foreignUse.measure(limit - remaining - this.#hour.used(now), relaxAt);
  }

  hour(now: number): { limit: number; remaining: number } {
    return remainder(this.#hour, now, this.#foreignUse.calls(now));
  }

  minute(now: number): { limit: number; remaining: number } {
    return remainder(this.#minute, now, 0);
  }

  #hourFreeAt(now: number, calls: number, kept: number): number {
    const foreign = this.#foreignUse.calls(now);
    const free = this.#hour.freeAt(now, calls, kept + foreign);
    return free <= now ? now : Math.min(free, Math.max(now + 1, this.#foreignUse.nextRelief()));
  }
}

function keep(limit: number, share: number): number {
  return share > 0 && limit !== Number.POSITIVE_INFINITY ? Math.floor(limit * share) : 0;
}

function remainder(
  window: SlidingWindow,
  now: number,
  foreign: number,
): { limit: number; remaining: number } {
  return { limit: window.limit, remaining: Math.max(0, window.limit - window.used(now) - foreign) };
}

/** While nothing newer is known, one call of the others is assumed to expire each second. */
const relaxStepMs = 1000;

/**
 * What others spend on the same token: the difference between what we think remains and what the
 * API says remains, measured again with each answer. Once `relaxAt` has passed without a newer
 * answer, calls are freed one by one, so that a window filled by others is probed instead of
 * waited out. Times are monotonic milliseconds.
 */
class ForeignUse {
  #calls = 0;
  #relaxAt = Number.POSITIVE_INFINITY;

  measure(calls: number, relaxAt: number): void {
    this.#calls = Math.max(0, calls);
    this.#relaxAt = relaxAt;
  }

  calls(now: number): number {
    if (this.#calls > 0 && now >= this.#relaxAt) this.#relax(now);
    return this.#calls;
  }

  /** When the next call of the others is assumed to expire; infinity if they use none. */
  nextRelief(): number {
    return this.#calls > 0 ? this.#relaxAt : Number.POSITIVE_INFINITY;
  }

  #relax(now: number): void {
    const steps = 1 + Math.floor((now - this.#relaxAt) / relaxStepMs);
    this.#calls = Math.max(0, this.#calls - steps);
    this.#relaxAt += steps * relaxStepMs;
  }
}
