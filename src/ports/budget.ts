/**
 * Urgency of a cloud call, most urgent first: `urgent` (deletes and what a user asked for), `create`,
 * `transition` (polls of droplets on their way) and `background` (sweeps).
 */
export type CallClass = 'urgent' | 'create' | 'transition' | 'background';

/** One place in the budget, spent by the call it is given to or returned unused. */
export interface Permit {
  release(): void;
}

export interface BudgetSnapshot {
  readonly hourlyLimit: number;
  readonly hourlyRemaining: number;
  readonly minuteLimit: number;
  readonly minuteRemaining: number;
  /** Epoch milliseconds until which the API itself told us to wait (Retry-After, reset); 0 when it did not. */
  readonly blockedUntil: number;
  readonly queued: number;
}

/**
 * The call budget of one token: 5,000 an hour and 250 a minute unless the API's headers say otherwise
 * (https://docs.digitalocean.com/reference/api/, "Rate Limit").
 */
export interface Budget {
  /** A place taken now, or undefined when a call of that class would have to wait. */
  reserve(callClass: CallClass): Permit | undefined;
  /** When a call of that class could leave: epoch milliseconds, `now` when at once. */
  nextAt(callClass: CallClass): number;
  snapshot(): BudgetSnapshot;
  /** Called whenever places may have become free. Returns the way to stop listening. */
  onCapacity(listener: () => void): () => void;
}
