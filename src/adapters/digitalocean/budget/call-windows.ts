import type { CallClass } from '../../../ports/budget.ts';
import { SlidingWindow, type Slot } from './sliding-window.ts';

const hourMs = 3_600_000;
const minuteMs = 60_000;
/** DigitalOcean's limits on one token: https://docs.digitalocean.com/reference/api/, "Rate Limit". */
export const defaultHourlyLimit = 5000;
export const defaultMinuteLimit = 250;
/** Our windows are this much wider than the API's, which counts a call when it arrives, not when it leaves. */
const hourMarginMs = 2000;
const minuteMarginMs = 250;
/** The share of each window that background calls leave to deletes and to what users asked for. */
const headroom = 0.1;

export interface Slots {
  readonly at: number;
  readonly hour: Slot;
  readonly minute: Slot;
}

const noSlots: Slots = { at: 0, hour: -1, minute: -1 };

/** The hourly and the burst window of one token, as far as we know them. Times are monotonic milliseconds. */
export class CallWindows {
  readonly #configuredHourly: number;
  readonly #hour: SlidingWindow;
  readonly #minute: SlidingWindow;
  readonly #foreign = new ForeignUse();
  readonly #unlimited: boolean;

  constructor(hourlyLimit: number | undefined, minuteLimit: number | undefined) {
    this.#configuredHourly = hourlyLimit ?? Number.POSITIVE_INFINITY;
    this.#hour = new SlidingWindow(hourlyLimit ?? defaultHourlyLimit, hourMs + hourMarginMs);
    this.#minute = new SlidingWindow(minuteLimit ?? defaultMinuteLimit, minuteMs + minuteMarginMs);
    this.#unlimited =
      this.#hour.limit === Number.POSITIVE_INFINITY && this.#minute.limit === this.#hour.limit;
  }

  /** When `places` calls of the class have room in both windows: `now`, or a later moment. */
  freeAt(now: number, callClass: CallClass, places: number): number {
    if (this.#unlimited) return now;
    const kept = callClass === 'background' ? headroom : 0;
    const minute = this.#minute.freeAt(now, places, keep(this.#minute.limit, kept));
    return Math.max(minute, this.#hourFreeAt(now, places, keep(this.#hour.limit, kept)));
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

  /** Counts a place from `now` on: it was reserved and is used only now. Less than the margin makes no difference. */
  renew(slots: Slots, now: number): Slots {
    if (this.#unlimited || now - slots.at < minuteMarginMs) return slots;
    this.giveBack(slots);
    return this.take(now);
  }

  /**
   * Corrects the hourly window by what an answer says: `limit` and `remaining` as in the headers, `relaxAt` when the
   * oldest request counted by the API expires.
   */
  learn(now: number, limit: number, remaining: number, relaxAt: number): void {
    if (this.#hour.limit === Number.POSITIVE_INFINITY) return;
    this.#hour.limit = Math.min(limit, this.#configuredHourly);
    this.#foreign.measure(limit - remaining - this.#hour.used(now), relaxAt);
  }

  hour(now: number): { limit: number; remaining: number } {
    return remainder(this.#hour, now, this.#foreign.places(now));
  }

  minute(now: number): { limit: number; remaining: number } {
    return remainder(this.#minute, now, 0);
  }

  #hourFreeAt(now: number, places: number, kept: number): number {
    const foreign = this.#foreign.places(now);
    const free = this.#hour.freeAt(now, places, kept + foreign);
    return free <= now ? now : Math.min(free, Math.max(now + 1, this.#foreign.nextRelief()));
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

/** While nothing newer is known, one of the others' places is taken to expire each second. */
const relaxStepMs = 1000;

/**
 * What others spend on the same token: the difference between what we think remains and what the API says remains.
 * Each answer measures it anew. Once `relaxAt` has passed without a newer answer, places return one by one, so that a
 * window filled by others is probed and not waited out. Times are monotonic milliseconds.
 */
class ForeignUse {
  #places = 0;
  #relaxAt = Number.POSITIVE_INFINITY;

  measure(places: number, relaxAt: number): void {
    this.#places = Math.max(0, places);
    this.#relaxAt = relaxAt;
  }

  places(now: number): number {
    if (this.#places > 0 && now >= this.#relaxAt) this.#relax(now);
    return this.#places;
  }

  /** When the next place returns by itself; infinity when none is held by others. */
  nextRelief(): number {
    return this.#places > 0 ? this.#relaxAt : Number.POSITIVE_INFINITY;
  }

  #relax(now: number): void {
    const steps = 1 + Math.floor((now - this.#relaxAt) / relaxStepMs);
    this.#places = Math.max(0, this.#places - steps);
    this.#relaxAt += steps * relaxStepMs;
  }
}
