import type { Clock } from '../ports/clock.ts';
import type { StoredLease } from '../ports/lease-store.ts';

/** Of a lease that names no duration. */
const defaultMs = 15_000;

/**
 * The lease as it was seen last and since when it has not changed. Whether it has expired is judged by this alone:
 * the times within it are those of other clocks.
 */
export class LeaseObservation<Lease extends StoredLease> {
  readonly #clock: Clock;
  #lease: Lease | undefined;
  #changedAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get lease(): Lease | undefined {
    return this.#lease;
  }

  /** Empty: nobody. */
  get holder(): string {
    return this.#lease?.holder ?? '';
  }

  see(lease: Lease | undefined): void {
    if (lease?.stamp !== this.#lease?.stamp) this.#changedAt = this.#clock.monotonic();
    this.#lease = lease;
  }

  /** Milliseconds until `identity` may take it; 0 or less when it may now. */
  msUntilFree(identity: string): number {
    if (this.holder === '' || this.holder === identity) return 0;
    return this.#changedAt + (this.#lease?.leaseMs ?? defaultMs) - this.#clock.monotonic();
  }
}
