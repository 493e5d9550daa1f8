import type { Clock } from '../../../ports/clock.ts';
import { holderOf, type LeaseObject, type LeaseSpec } from './lease-object.ts';

/** Of a lease that names no duration. */
const defaultMs = 15_000;

/**
 * The lease as it was seen last and since when it has not changed. Whether it has expired is judged by this alone:
 * the times within it are those of other clocks.
 */
export class LeaseObservation {
  readonly #clock: Clock;
  #object: LeaseObject | undefined;
  #lastSpec: LeaseSpec | undefined;
  #stamp = '';
  #changedAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get object(): LeaseObject | undefined {
    return this.#object;
  }

  get spec(): LeaseSpec {
    return this.#object?.spec ?? {};
  }

  /** What it was before it was deleted, too. */
  get lastSpec(): LeaseSpec | undefined {
    return this.#lastSpec;
  }

  see(object: LeaseObject | undefined): void {
    const stamp = JSON.stringify([object?.metadata.uid, object?.spec]);
    if (stamp !== this.#stamp) this.#changedAt = this.#clock.monotonic();
    this.#stamp = stamp;
    this.#object = object;
    this.#lastSpec = object?.spec ?? this.#lastSpec;
  }

  /** Milliseconds until `identity` may take it; 0 or less when it may now. */
  msUntilFree(identity: string): number {
    const holder = holderOf(this.spec);
    if (holder === '' || holder === identity) return 0;
    const { leaseDurationSeconds } = this.spec;
    const leaseMs = leaseDurationSeconds === undefined ? defaultMs : leaseDurationSeconds * 1_000;
    return this.#changedAt + leaseMs - this.#clock.monotonic();
  }
}
