import type { Collection } from 'mongodb';
import type { Chance } from '../../../ports/chance.ts';
import { type Clock, sleep } from '../../../ports/clock.ts';
import type { LeaseCall, LeaseClaim, LeaseStore, StoredLease } from '../../../ports/lease-store.ts';
import { PortError } from '../../../ports/port-error.ts';
import { asPortError } from './mongo-error.ts';
import { withinDeadline } from './within-deadline.ts';

/** A lease as it stands in its collection; other documents there are none of its business. */
export interface LeaseDocument {
  readonly _id: string;
  readonly holder: string;
  readonly leaseMs: number;
  /** Begins at the time in seconds, or above all that was ever written, lest it fall when somebody deletes the document. */
  readonly epoch: number;
  /** Of whoever wrote it last, made for that one write. */
  readonly nonce: string;
  /** For people: leases are judged by when they were seen to change. */
  readonly acquiredAt: Date;
  readonly renewedAt: Date;
}

export interface MongoLease extends StoredLease {
  readonly acquiredAt: Date;
}

export interface MongoLeaseStoreOptions {
  readonly leases: Collection<LeaseDocument>;
  /** `_id` of the lease. */
  readonly name: string;
  readonly clock: Clock;
  readonly chance: Chance;
  /** The highest epoch that any write carries; asked where there is no lease. Fails with a PortError. */
  readonly highestEpoch: () => Promise<number>;
  /** The server lets two compare-and-swaps win: what is taken is looked at again after a while. */
  readonly inexact?: boolean;
}

/** A rival's compare-and-swap that began before ours has ended by then. */
const settleMs = 3_000;

/** One lease as a document. Whether a write won is told by its nonce, read back, and by nothing that was returned. */
export class MongoLeaseStore implements LeaseStore<MongoLease> {
  readonly #options: MongoLeaseStoreOptions;
  #lastEpoch = -1;

  constructor(options: MongoLeaseStoreOptions) {
    this.#options = options;
  }

  read(call: LeaseCall): Promise<MongoLease | undefined> {
    return this.#within(call, 'reading the lease', async () => {
      const { leases, name } = this.#options;
      const document = await leases.findOne({ _id: name }, { maxTimeMS: call.deadlineMs });
      return document === null ? undefined : this.#seen(document);
    });
  }

  acquire(before: MongoLease | undefined, claim: LeaseClaim, call: LeaseCall): Promise<MongoLease> {
    const isOurs = before?.holder === claim.identity;
    const now = new Date(claim.now);
    const next = async () => ({
      holder: claim.identity,
      leaseMs: claim.leaseMs,
      epoch: isOurs ? before.epoch : await this.#epochAfter(before, claim.now),
      acquiredAt: isOurs ? before.acquiredAt : now,
      renewedAt: now,
    });
    return this.#write(before, next, call, !isOurs);
  }

  free(before: MongoLease, now: number, call: LeaseCall): Promise<MongoLease> {
    const { epoch, acquiredAt } = before;
    const next = { holder: '', leaseMs: 0, epoch, acquiredAt, renewedAt: new Date(now) };
    return this.#write(before, async () => next, call, false);
  }

  #write(
    before: MongoLease | undefined,
    next: () => Promise<Omit<LeaseDocument, '_id' | 'nonce'>>,
    call: LeaseCall,
    takes: boolean,
  ): Promise<MongoLease> {
    return this.#within(call, 'writing the lease', async () => {
      const nonce = this.#options.chance.uuid();
      await this.#swap(before, { ...(await next()), nonce }, call);
      if (takes && this.#options.inexact) await sleep(this.#options.clock, settleMs, call.signal);
      const after = await this.read(call);
      if (after?.stamp === nonce) return after;
      throw new PortError(
        { kind: 'conflict' },
        `the lease ${this.#options.name} was written by somebody else`,
      );
    });
  }

  async #swap(
    before: MongoLease | undefined,
    next: Omit<LeaseDocument, '_id'>,
    call: LeaseCall,
  ): Promise<void> {
    const { leases, name } = this.#options;
    const options = { maxTimeMS: call.deadlineMs };
    if (before === undefined) await leases.insertOne({ _id: name, ...next }, options);
    else await leases.updateOne({ _id: name, nonce: before.stamp }, { $set: next }, options);
  }

  async #epochAfter(before: MongoLease | undefined, now: number): Promise<number> {
    const last = before?.epoch ?? Math.max(this.#lastEpoch, await this.#options.highestEpoch());
    return Math.max(last + 1, Math.floor(now / 1_000));
  }

  #seen({ holder, leaseMs, epoch, nonce, acquiredAt }: LeaseDocument): MongoLease {
    this.#lastEpoch = epoch;
    return { holder, leaseMs, epoch, stamp: nonce, acquiredAt };
  }

  async #within<T>(call: LeaseCall, doing: string, act: () => Promise<T>): Promise<T> {
    try {
      return await withinDeadline(this.#options.clock, call, act());
    } catch (error) {
      throw asPortError(error, doing);
    }
  }
}
