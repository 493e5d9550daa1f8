import type { Permit } from '../../../ports/budget.ts';
import type { Slots } from './call-windows.ts';

/** `spent`: a request is on its way. */
export type ReservationState = 'reserved' | 'spent' | 'done';

/** What a place tells its budget. */
export interface ReservationBook {
  spent(place: CallReservation): void;
  /** `unused`: no request left on it. */
  ended(place: CallReservation, unused: boolean): void;
}

/** One place in the budget: reserved, then spent by one request or released unused. */
export class CallReservation implements Permit {
  /** Where the windows have written it down. */
  slots: Slots;
  readonly #keeper: ReservationBook;
  #state: ReservationState;

  constructor(keeper: ReservationBook, slots: Slots, state: ReservationState) {
    this.slots = slots;
    this.#state = state;
    this.#keeper = keeper;
  }

  /** Takes the place for a request that leaves now; false when it is no longer to be had. */
  spend(keeper: ReservationBook): boolean {
    if (this.#state !== 'reserved' || this.#keeper !== keeper) return false;
    this.#state = 'spent';
    keeper.spent(this);
    return true;
  }

  /** The request on this place has ended. */
  finish(): void {
    this.#end('spent');
  }

  release(): void {
    this.#end('reserved');
  }

  #end(from: ReservationState): void {
    if (this.#state !== from) return;
    this.#state = 'done';
    this.#keeper.ended(this, from === 'reserved');
  }
}
