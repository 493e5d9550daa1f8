import { UserError } from '../config/user-error.ts';
import type { LeaseStore, StoredLease } from '../ports/lease-store.ts';
import type { Election } from './election.ts';
import type { LeaseElection } from './lease-election.ts';

/** Finds out whether the holder of a lease lives: one that dies leaves it as it is. */
export class RivalWatch<Lease extends StoredLease> {
  /** The same store, as this watch looks on. */
  readonly store: LeaseStore<Lease>;
  readonly #seen = Promise.withResolvers<string>();
  readonly #identity: string;
  #last: Lease | undefined;

  constructor(store: LeaseStore<Lease>, identity: string) {
    this.#identity = identity;
    this.store = {
      read: async (call) => this.#look(await store.read(call)),
      acquire: (before, claim, call) => store.acquire(before, claim, call),
      free: (before, now, call) => store.free(before, now, call),
    };
  }

  /** Resolves to the identity of another process that renews the lease. */
  get rival(): Promise<string> {
    return this.#seen.promise;
  }

  #look(lease: Lease | undefined): Lease | undefined {
    const isOthers = lease !== undefined && lease.holder !== '' && lease.holder !== this.#identity;
    if (isOthers && this.#last && this.#last.stamp !== lease.stamp) this.#seen.resolve(lease.holder);
    this.#last = lease;
    return lease;
  }
}

/** The same election, but nobody stands by: who finds another at work is refused. */
export function soleElection<Lease extends StoredLease>(
  election: LeaseElection<Lease>,
  { rival }: RivalWatch<Lease>,
): Election {
  const { lease, lost } = election;
  const refusal = rival.then((holder) => {
    throw new UserError(
      `${holder} is at work here already (lease ${lease}), and on this server two controllers would undo each other’s writes.`,
      'End that one first, or move to a MongoDB server whose compare-and-swap is exact, as mongod’s is.',
    );
  });
  return {
    lease,
    lost,
    win: (onHolder) => Promise.race([election.win(onHolder), refusal]),
    leader: () => election.leader(),
    trouble: () => election.trouble(),
  };
}
