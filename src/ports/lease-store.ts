/** A lease as it is stored. */
export interface StoredLease {
  /** Who holds it; empty: nobody. */
  readonly holder: string;
  /** Milliseconds for which a write of it holds; undefined: it does not say. */
  readonly leaseMs: number | undefined;
  /** Rises whenever it is taken by somebody else than the holder before. */
  readonly epoch: number;
  /** Another one after every write. */
  readonly stamp: string;
}

export interface LeaseCall {
  readonly signal?: AbortSignal;
  readonly deadlineMs: number;
}

/** With what a lease is taken or renewed. */
export interface LeaseClaim {
  readonly identity: string;
  readonly leaseMs: number;
  /** Wall time, epoch milliseconds. */
  readonly now: number;
}

/**
 * One lease, written by compare-and-swap. A write fails with `conflict` or `absent` when what is stored is no longer
 * `before`; every failure is a PortError.
 */
export interface LeaseStore<Lease extends StoredLease = StoredLease> {
  /** Undefined when there is none. */
  read(call: LeaseCall): Promise<Lease | undefined>;
  /** Takes or renews it; `before` is undefined when there was none. Resolves to it as stored. */
  acquire(before: Lease | undefined, claim: LeaseClaim, call: LeaseCall): Promise<Lease>;
  /** Leaves it to nobody: whoever sees that may take it at once. `now`: epoch milliseconds. */
  free(before: Lease, now: number, call: LeaseCall): Promise<Lease>;
  /**
   * Tells of the lease whenever it is written, nothing older than what was read or told before. Ends when the server
   * ends it, and throws when it cannot go on. Left out where nothing can be watched.
   */
  watch?(signal: AbortSignal, seen: (lease: Lease) => void): Promise<void>;
}
