import type { Chance } from '../ports/chance.ts';
import type { Clock } from '../ports/clock.ts';
import type { LeaseStore, StoredLease } from '../ports/lease-store.ts';
import type { Log } from '../ports/log.ts';

/** Milliseconds. */
export interface LeaseTiming {
  /** Whole seconds: a follower takes a lease that it saw unchanged for so long. */
  readonly leaseMs: number;
  /** A leader that could not renew for so long stops leading. */
  readonly renewMs: number;
  /** Between two tries. */
  readonly retryMs: number;
}

export interface LeaderElectorOptions<Lease extends StoredLease> {
  readonly store: LeaseStore<Lease>;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  /** The lease's name, for logs. */
  readonly lease: string;
  /** Unique to this process, so never a host's or pod's name alone; it may carry an address. */
  readonly identity: string;
  /** Default 15, 10 and 2 s, as in client-go. */
  readonly timing?: LeaseTiming;
  /** The lease was taken; `epoch` rises whenever it is. */
  readonly onStartedLeading?: (epoch: number) => void;
  /** The lease was lost or given up: called at once, and before it is released. */
  readonly onStoppedLeading?: () => void;
  /** Another holder, or this one, was seen (its identity). */
  readonly onNewLeader?: (identity: string) => void;
}
