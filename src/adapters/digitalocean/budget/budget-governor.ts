import type { Budget, BudgetSnapshot, CallClass, Permit } from '../../../ports/budget.ts';
import type { Clock } from '../../../ports/clock.ts';
import { CallReservation, type ReservationOwner, type ReservationState } from './call-reservation.ts';
import { CallWindows } from './call-windows.ts';
import { WaitingLine } from './waiting-line.ts';
import { WakeTimer } from './wake-timer.ts';

export const defaultConcurrency = 64;
/** How soon to ask again if only the bound on calls in flight stands in the way: about one round trip. */
const inFlightWaitMs = 25;

export interface BudgetLimits {
  /** Calls in any hour. Default 5,000 or what the API's headers say; a limit set here is never exceeded. */
  readonly hourly?: number;
  /** Calls in any minute. Default 250. */
  readonly minute?: number;
  /** Calls in flight at once. Default 64. */
  readonly concurrency?: number;
}

/** The rate limit as an answer's headers state it. */
export interface RateLimitReading {
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds until the oldest request counted by the API expires. */
  readonly resetMs: number;
}

/**
 * The call budget of one token: two sliding windows and a bound on calls in flight. The API's headers
 * correct its own count, and a Retry-After stops everything until it has passed. `background` calls leave the
 * last tenth of each window unused; the other classes may use it all, the more urgent first.
 */
export class BudgetGovernor implements Budget, ReservationOwner {
  readonly #clock: Clock;
  readonly #concurrency: number;
  readonly #windows: CallWindows;
  readonly #line = new WaitingLine();
  readonly #listeners = new Set<() => void>();
  readonly #timer: WakeTimer;
  /** Calls reserved or in flight. */
  #taken = 0;
  #blockedUntil = 0;
  #refusedSomeone = false;

  constructor(clock: Clock, limits: BudgetLimits = {}) {
    this.#clock = clock;
    this.#concurrency = limits.concurrency ?? defaultConcurrency;
    this.#windows = new CallWindows(limits.hourly, limits.minute);
    this.#timer = new WakeTimer(clock, () => this.#advance());
  }

  reserve(callClass: CallClass): CallReservation | undefined {
    const now = this.#clock.monotonic();
    const reservation = this.#takeNow(now, callClass, 'reserved');
    if (reservation === undefined) this.#noteRefusal(now, callClass);
    return reservation;
  }

  /** Waits for a reservation, to be used at once; rejects with the signal's reason if it aborts first. */
  acquire(callClass: CallClass, signal?: AbortSignal): CallReservation | Promise<CallReservation> {
    const taken = this.#takeNow(this.#clock.monotonic(), callClass, 'spent');
    if (taken !== undefined) return taken;
    const reservation = this.#line.join(callClass, () => this.#admit(), signal);
    this.#advance();
    return reservation;
  }

  /** Spends the permit and returns it as a reservation, if it is one of ours and unspent. */
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

  /** Corrects the count from an answer's headers. */
  learn(reading: RateLimitReading): void {
    const now = this.#clock.monotonic();
    this.#windows.learn(now, reading.limit, reading.remaining, now + Math.max(0, reading.resetMs));
    if (this.#line.size > 0) this.#advance();
  }

  /** Sends no call for `delayMs`, as the API asked. */
  block(delayMs: number): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, this.#clock.monotonic() + delayMs);
    this.#advance();
  }

  spent(reservation: CallReservation): void {
    reservation.slots = this.#windows.renew(reservation.slots, this.#clock.monotonic());
  }

  ended(reservation: CallReservation, unused: boolean): void {
    this.#taken -= 1;
    if (unused) this.#windows.giveBack(reservation.slots);
    if (this.#refusedSomeone || this.#line.size > 0) this.#advance();
  }

  #take(now: number, state: ReservationState): CallReservation {
    this.#taken += 1;
    return new CallReservation(this, this.#windows.take(now), state);
  }

  /**
   * Takes a reservation for a caller who is ahead of everyone in line; shuts the
   * line if it was the last one free.
   */
  #takeNow(now: number, callClass: CallClass, state: ReservationState): CallReservation | undefined {
    if (this.#line.ahead(callClass) > 0 || !this.#isFree(now, callClass)) return undefined;
    const reservation = this.#take(now, state);
    if (this.#line.size > 0) this.#advance();
    return reservation;
  }

  #isFree(now: number, callClass: CallClass): boolean {
    return (
      this.#taken < this.#concurrency &&
      this.#blockedUntil <= now &&
      this.#windows.freeAt(now, callClass, 1) <= now
    );
  }

  /** When a newcomer of the class could be sent, after those ahead of it in line. */
  #freeAt(now: number, callClass: CallClass): number {
    const calls = this.#line.ahead(callClass) + 1;
    const inFlight = this.#taken + calls > this.#concurrency ? now + inFlightWaitMs : now;
    return Math.max(inFlight, this.#blockedUntil, this.#windows.freeAt(now, callClass, calls));
  }

  #admit(): CallReservation {
    const reservation = this.#take(this.#clock.monotonic(), 'spent');
    this.#advance();
    return reservation;
  }

  /** Admits the first in line if there is room; else offers what is left to callers that were refused. */
  #advance(): void {
    const now = this.#clock.monotonic();
    const first = this.#line.first();
    if (first !== undefined && this.#isFree(now, first)) {
      this.#line.open();
      return;
    }
    this.#line.shut();
    if (first !== undefined) this.#wakeFor(now, first);
    if (this.#refusedSomeone) this.#notify(now);
  }

  #notify(now: number): void {
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

  /** Only the windows need a timer: a call that ends wakes the waiting ones itself. */
  #wakeFor(now: number, callClass: CallClass): void {
    const at = Math.max(this.#blockedUntil, this.#windows.freeAt(now, callClass, 1));
    if (at > now) this.#timer.arm(now, at);
  }
}
