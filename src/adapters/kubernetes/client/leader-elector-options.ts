import type { Chance } from '../../../ports/chance.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Log } from '../../../ports/log.ts';
import type { ApiClient } from './api-client.ts';

/** Milliseconds. */
export interface LeaseTiming {
  /** Whole seconds: a follower takes a lease that it saw unchanged for so long. */
  readonly leaseMs: number;
  /** A leader that could not renew for so long stops leading. */
  readonly renewMs: number;
  /** Between two tries. */
  readonly retryMs: number;
}

export interface LeaderElectorOptions {
  readonly client: ApiClient;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly namespace: string;
  /** Of the Lease. */
  readonly name: string;
  /** `holderIdentity`: unique to this process, so never a pod's name alone; it may carry an address. */
  readonly identity: string;
  /** Default 15, 10 and 2 s, as in client-go. */
  readonly timing?: LeaseTiming;
  /** The lease was taken; `epoch` is its `leaseTransitions`, which rises whenever the lease is taken. */
  readonly onStartedLeading?: (epoch: number) => void;
  /** The lease was lost or given up: called at once, and before it is released. */
  readonly onStoppedLeading?: () => void;
  /** Another holder, or this one, was seen (its identity). */
  readonly onNewLeader?: (identity: string) => void;
}
