import { hostname } from 'node:os';
import { systemChance } from '../adapters/system/system-chance.ts';
import { leaseTiming } from '../config/lease.ts';
import { LeaderElector } from '../election/leader-elector.ts';
import type { LeaderElectorOptions } from '../election/leader-elector-options.ts';
import type { Leadership } from '../ports/leadership.ts';
import type { LeaseStore, StoredLease } from '../ports/lease-store.ts';
import type { Election } from './election.ts';

type Options<Lease extends StoredLease> = Pick<
  LeaderElectorOptions<Lease>,
  'store' | 'clock' | 'chance' | 'log' | 'lease' | 'identity'
>;

/** The lease of a source's one controller. */
export class LeaseElection<Lease extends StoredLease = StoredLease> implements Election, Leadership {
  readonly lease: string;
  readonly lost: Promise<void>;
  readonly #elector: LeaderElector<Lease>;
  readonly #won = Promise.withResolvers<void>();
  readonly #identity: string;
  readonly #clock: Options<Lease>['clock'];
  #epoch = 0;
  #holder = '';
  #onHolder: (identity: string) => void = () => undefined;
  /** Monotonic ms. */
  #answeredAt = Number.NEGATIVE_INFINITY;

  constructor(options: Options<Lease>) {
    const lost = Promise.withResolvers<void>();
    this.lost = lost.promise;
    this.lease = options.lease;
    this.#identity = options.identity;
    this.#clock = options.clock;
    this.#elector = new LeaderElector({
      ...options,
      store: noticing(options.store, () => {
        this.#answeredAt = this.#clock.monotonic();
      }),
      timing: leaseTiming,
      onStartedLeading: (epoch) => {
        this.#epoch = epoch;
        this.#won.resolve();
      },
      onStoppedLeading: () => lost.resolve(),
      onNewLeader: (identity) => this.#seen(identity),
    });
  }

  msLeft(): number {
    return this.#elector.msLeft();
  }

  /** Of the lease as this process took it; 0 before. */
  epoch(): number {
    return this.#epoch;
  }

  win(onHolder: (identity: string) => void): Promise<void> {
    this.#onHolder = onHolder;
    this.#elector.start();
    return this.#won.promise;
  }

  /** Whoever can read the lease will take it when its holder is gone. */
  trouble(): string | undefined {
    const isRecent = this.#clock.monotonic() - this.#answeredAt < leaseTiming.leaseMs;
    return isRecent ? undefined : `the lease ${this.lease} cannot be read`;
  }

  /** Gives the lease up for the next one to take at once. */
  resign(): Promise<void> {
    return this.#elector.stop();
  }

  leader(): string | undefined {
    return this.#holder === this.#identity ? undefined : /@(\S+)$/.exec(this.#holder)?.[1];
  }

  #seen(identity: string): void {
    this.#holder = identity;
    if (identity !== this.#identity) this.#onHolder(identity);
  }
}

/** Wraps the store and reports every successful answer. */
function noticing<Lease extends StoredLease>(
  store: LeaseStore<Lease>,
  answered: () => void,
): LeaseStore<Lease> {
  const noticed = async <T>(answer: Promise<T>): Promise<T> => {
    const value = await answer;
    answered();
    return value;
  };
  return {
    read: (call) => noticed(store.read(call)),
    acquire: (before, claim, call) => noticed(store.acquire(before, claim, call)),
    free: (before, now, call) => noticed(store.free(before, now, call)),
    ...(store.watch && { watch: store.watch.bind(store) }),
  };
}

/**
 * The identity by which this process holds a lease. A pod's name is its host's; what follows distinguishes two processes
 * of one name, and says where others find this one.
 */
export function ownIdentity(peerAddress: string | undefined): string {
  const at = peerAddress === undefined ? '' : `@${peerAddress}`;
  return `${hostname()}_${systemChance.uuid()}${at}`;
}
