/**
 * Urgency of a cloud call, most urgent first: `urgent` (deletes and what a user asked for), `create`,
 * `transition` (polls of droplets in transition) and `background` (sweeps).
 */
export type CallClass = 'urgent' | 'create' | 'transition' | 'background';

/** One call's share of the budget: spent by the call it is given to, or released unused. */
export interface Permit {
  release(): void;
}

export interface BudgetSnapshot {
  readonly hourlyLimit: number;
  readonly hourlyRemaining: number;
  readonly minuteLimit: number;
  readonly minuteRemaining: number;
  /**
   * Epoch milliseconds until which the API itself asked us to wait (Retry-After, reset); 0 if it did not.
   */
  readonly blockedUntil: number;
  readonly queued: number;
}

/**
 * The call budget of one token: 5,000 an hour and 250 a minute unless the API's headers say otherwise
 * (https://docs.digitalocean.com/reference/api/, "Rate Limit").
 */
export interface Budget {
  /** A permit taken now, or undefined if a call of that class would have to wait. */
  reserve(callClass: CallClass): Permit | undefined;
  /** When a call of that class could be sent, in epoch milliseconds; the present time if at once. */
  nextAt(callClass: CallClass): number;
  snapshot(): BudgetSnapshot;
  /** Calls `listener` whenever permits may have become free. Returns the function that stops it. */
  onCapacity(listener: () => void): () => void;
}
