import type { Permit } from '../../../ports/budget.ts';
import type { Slots } from './call-windows.ts';

/** `spent`: its request is under way. */
export type ReservationState = 'reserved' | 'spent' | 'done';

/** The budget that a reservation belongs to. */
export interface ReservationOwner {
  spent(reservation: CallReservation): void;
  /** `unused`: it was released without a request. */
  ended(reservation: CallReservation, unused: boolean): void;
}

/** One call's share of the budget: reserved, then spent by one request or released unused. */
export class CallReservation implements Permit {
  /** Its slots in the windows. */
  slots: Slots;
  readonly #owner: ReservationOwner;
  #state: ReservationState;

  constructor(owner: ReservationOwner, slots: Slots, state: ReservationState) {
    this.slots = slots;
    this.#state = state;
    this.#owner = owner;
  }

  /** Uses the reservation for a request that is sent now; false if it is no longer available. */
  spend(owner: ReservationOwner): boolean {
    if (this.#state !== 'reserved' || this.#owner !== owner) return false;
    this.#state = 'spent';
    owner.spent(this);
    return true;
  }

  /** Ends the reservation when its request has ended. */
  finish(): void {
    this.#end('spent');
  }

  release(): void {
    this.#end('reserved');
  }

  #end(from: ReservationState): void {
    if (this.#state !== from) return;
    this.#state = 'done';
    this.#owner.ended(this, from === 'reserved');
  }
}
