import type { Budget, BudgetSnapshot, CallClass, Permit } from '../../../ports/budget.ts';
import type { Clock } from '../../../ports/clock.ts';
import { CallReservation, type ReservationBook, type ReservationState } from './call-reservation.ts';
import { CallWindows } from './call-windows.ts';
import { WaitingLine } from './waiting-line.ts';
import { WakeTimer } from './wake-timer.ts';

export const defaultConcurrency = 64;
/** How soon to ask again when only the bound on calls in flight stands in the way: about one round trip. */
const inFlightWaitMs = 25;

export interface BudgetLimits {
  /** Calls in any hour. Default 5,000, or what the API's headers say; a number given here is never exceeded. */
  readonly hourly?: number;
  /** Calls in any minute. Default 250. */
  readonly minute?: number;
  /** Calls in flight at once. Default 64. */
  readonly concurrency?: number;
}

/** What an answer's rate-limit headers say. */
export interface RateLimitReading {
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds until the oldest request counted by the API expires. */
  readonly resetMs: number;
}

/**
 * The call budget of one token: two sliding windows and a bound on calls in flight. Its own count is corrected by the
 * API's headers, and a Retry-After stops everything until it has passed. `background` leaves the last tenth of each
 * window alone; the other classes may use it all, the more urgent first.
 */
export class BudgetGovernor implements Budget, ReservationBook {
  readonly #clock: Clock;
  readonly #concurrency: number;
  readonly #windows: CallWindows;
  readonly #line = new WaitingLine();
  readonly #listeners = new Set<() => void>();
  readonly #timer: WakeTimer;
  /** Places reserved or in flight. */
  #taken = 0;
  #blockedUntil = 0;
  #refusedSomeone = false;

  constructor(clock: Clock, limits: BudgetLimits = {}) {
    this.#clock = clock;
    this.#concurrency = limits.concurrency ?? defaultConcurrency;
    this.#windows = new CallWindows(limits.hourly, limits.minute);
    this.#timer = new WakeTimer(clock, () => this.#move());
  }

  reserve(callClass: CallClass): CallReservation | undefined {
    const now = this.#clock.monotonic();
    const place = this.#takeNow(now, callClass, 'reserved');
    if (place === undefined) this.#noteRefusal(now, callClass);
    return place;
  }

  /** A place to send on at once, as soon as there is one; rejects with the signal's reason when it aborts before. */
  acquire(callClass: CallClass, signal?: AbortSignal): CallReservation | Promise<CallReservation> {
    const taken = this.#takeNow(this.#clock.monotonic(), callClass, 'spent');
    if (taken !== undefined) return taken;
    const place = this.#line.join(callClass, () => this.#admit(), signal);
    this.#move();
    return place;
  }

  /** The permit as a place to spend, when it is one of ours and unspent. */
  redeem(permit: Permit | undefined): CallReservation | undefined {
    return permit instanceof CallReservation && permit.spend(this) ? permit : undefined;
  }

  nextAt(callClass: CallClass): number {
    const now = this.#clock.monotonic();
    const at = this.#freeAt(now, callClass);
    if (at > now) this.#noteRefusal(now, callClass);
    return this.#clock.now() + Math.ceil(at - now);
  }

  snapshot(): BudgetSnapshot {
    const now = this.#clock.monotonic();
    const hour = this.#windows.hour(now);
    const minute = this.#windows.minute(now);
    return {
      hourlyLimit: hour.limit,
      hourlyRemaining: hour.remaining,
      minuteLimit: minute.limit,
      minuteRemaining: minute.remaining,
      blockedUntil: this.#blockedUntil > now ? this.#clock.now() + Math.ceil(this.#blockedUntil - now) : 0,
      queued: this.#line.size,
    };
  }

  onCapacity(listener: () => void): () => void {
    const entry = () => listener();
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  /** Corrects the count by an answer's headers. */
  learn(reading: RateLimitReading): void {
    const now = this.#clock.monotonic();
    this.#windows.learn(now, reading.limit, reading.remaining, now + Math.max(0, reading.resetMs));
    if (this.#line.size > 0) this.#move();
  }

  /** No call leaves for `delayMs`: the API said so. */
  block(delayMs: number): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, this.#clock.monotonic() + delayMs);
    this.#move();
  }

  spent(place: CallReservation): void {
    place.slots = this.#windows.renew(place.slots, this.#clock.monotonic());
  }

  ended(place: CallReservation, unused: boolean): void {
    this.#taken -= 1;
    if (unused) this.#windows.giveBack(place.slots);
    if (this.#refusedSomeone || this.#line.size > 0) this.#move();
  }

  #take(now: number, state: ReservationState): CallReservation {
    this.#taken += 1;
    return new CallReservation(this, this.#windows.take(now), state);
  }

  /** A place for someone who stands before all in line; the line is shut when it was the last one. */
  #takeNow(now: number, callClass: CallClass, state: ReservationState): CallReservation | undefined {
    if (this.#line.ahead(callClass) > 0 || !this.#isFree(now, callClass)) return undefined;
    const place = this.#take(now, state);
    if (this.#line.size > 0) this.#move();
    return place;
  }

  #isFree(now: number, callClass: CallClass): boolean {
    return (
      this.#taken < this.#concurrency &&
      this.#blockedUntil <= now &&
      this.#windows.freeAt(now, callClass, 1) <= now
    );
  }

  /** When a newcomer of the class could leave, those before it in line counted. */
  #freeAt(now: number, callClass: CallClass): number {
    const places = this.#line.ahead(callClass) + 1;
    const inFlight = this.#taken + places > this.#concurrency ? now + inFlightWaitMs : now;
    return Math.max(inFlight, this.#blockedUntil, this.#windows.freeAt(now, callClass, places));
  }

  #admit(): CallReservation {
    const place = this.#take(this.#clock.monotonic(), 'spent');
    this.#move();
    return place;
  }

  /** Lets in whoever is first in line if there is room, else tells those who were refused of what is left. */
  #move(): void {
    const now = this.#clock.monotonic();
    const first = this.#line.first();
    if (first !== undefined && this.#isFree(now, first)) {
      this.#line.open();
      return;
    }
    this.#line.shut();
    if (first !== undefined) this.#wakeFor(now, first);
    if (this.#refusedSomeone) this.#tell(now);
  }

  #tell(now: number): void {
    if (this.#isFree(now, 'urgent')) {
      this.#refusedSomeone = false;
      for (const listener of this.#listeners) listener();
    } else {
      this.#wakeFor(now, 'urgent');
    }
  }

  #noteRefusal(now: number, callClass: CallClass): void {
    this.#refusedSomeone = true;
    this.#wakeFor(now, callClass);
  }

  /** A call that ends wakes those who wait by itself; only the windows need a timer. */
  #wakeFor(now: number, callClass: CallClass): void {
    const at = Math.max(this.#blockedUntil, this.#windows.freeAt(now, callClass, 1));
    if (at > now) this.#timer.arm(now, at);
  }
}
