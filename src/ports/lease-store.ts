/** A lease as it is stored. */
export interface StoredLease {
  /** Who holds it; empty: nobody. */
  readonly holder: string;
  /** Milliseconds that the lease lasts from each write; undefined if it does not say. */
  readonly leaseMs: number | undefined;
  /** Rises whenever someone other than the holder takes the lease. */
  readonly epoch: number;
  /** Changes with every write. */
  readonly stamp: string;
}

export interface LeaseCall {
  readonly signal?: AbortSignal;
  readonly deadlineMs: number;
}

/** What a holder writes to take or renew a lease. */
export interface LeaseClaim {
  readonly identity: string;
  readonly leaseMs: number;
  /** Wall time, epoch milliseconds. */
  readonly now: number;
}

/**
 * One lease, written by compare-and-swap. A write fails with `conflict` or `absent` if the stored lease is
 * no longer `before`; every failure is a PortError.
 */
export interface LeaseStore<Lease extends StoredLease = StoredLease> {
  /** The stored lease; undefined if there is none. */
  read(call: LeaseCall): Promise<Lease | undefined>;
  /** Takes or renews the lease; `before` is undefined if there was none. Resolves to the lease as stored. */
  acquire(before: Lease | undefined, claim: LeaseClaim, call: LeaseCall): Promise<Lease>;
  /** Stores the lease without a holder, so that anyone may take it at once. `now`: epoch milliseconds. */
  free(before: Lease, now: number, call: LeaseCall): Promise<Lease>;
  /**
   * Reports the lease whenever it is written, never one older than already read or reported. Ends when the
   * server ends it, and throws when it cannot go on. Absent where nothing can be watched.
   */
  watch?(signal: AbortSignal, seen: (lease: Lease) => void): Promise<void>;
}
