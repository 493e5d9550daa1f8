import { type Clock, sleep } from '../ports/clock.ts';
import type { StoredLease } from '../ports/lease-store.ts';
import { faultOf } from '../ports/port-error.ts';
import type { LeaderElectorOptions } from './leader-elector-options.ts';

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

type Options<Lease extends StoredLease> = Pick<
  LeaderElectorOptions<Lease>,
  'store' | 'clock' | 'log' | 'lease'
>;

/**
 * Tells of each renewal as it happens until `signal` aborts, where the store can be watched: who learns of it only at
 * its next look counts the lease from then on, and takes it over that much later. Never rejects.
 */
export async function followLease<Lease extends StoredLease>(
  { store, clock, log, lease }: Options<Lease>,
  retryMs: number,
  signal: AbortSignal,
  seen: (lease: Lease) => void,
): Promise<void> {
  let isTold = false;
  while (store.watch && !signal.aborted) {
    try {
      await store.watch(signal, seen);
    } catch (error) {
      const isRefused = faultOf(error, 'refused') !== undefined;
      if (isRefused && !isTold)
        log.warn({ lease, err: error }, 'the lease cannot be watched: a take-over may take 2 s longer');
      isTold ||= isRefused;
    }
    await sleep(clock, retryMs, signal).catch(() => undefined);
  }
}
