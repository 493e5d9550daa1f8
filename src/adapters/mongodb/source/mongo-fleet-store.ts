import type { Collection, UpdateFilter } from 'mongodb';
import { type FleetState, newFleetID, newFleetState } from '../../../model/fleet-state.ts';
import type { Chance } from '../../../ports/chance.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Leadership } from '../../../ports/leadership.ts';
import type { Log } from '../../../ports/log.ts';
import { faultOf, PortError } from '../../../ports/port-error.ts';
import type { FleetRecord } from '../../../ports/source.ts';
import { asPortError } from '../client/mongo-error.ts';
import { answered } from '../client/within-deadline.ts';
import type { LedgerMark } from './ledger/ledger-document.ts';
import { asBound } from './source-identity.ts';

const fleetRecordID = 'Fleet';

/** The fleet's own record, in the ledger beside those of its bots. `state` is JSON. */
export interface FleetDocument extends LedgerMark {
  readonly _id: string;
  readonly version: number;
  readonly state: string;
}

export interface FleetOptions {
  readonly collection: Collection<FleetDocument>;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly leadership: Leadership;
  readonly epoch: () => number;
  /** Identity of the source as it is now. */
  readonly boundNow: string;
  /** Stores that identity where it is gone with the record. */
  readonly restoreIdentity: () => Promise<void>;
  /** The id a new fleet gets, and that a present one must have; undefined: made by chance, and any. */
  readonly fleetID: string | undefined;
}

interface Kept {
  readonly state: FleetState;
  readonly version: number;
}

/** Undefined before a controller first ran. */
export async function readFleet(collection: Collection<FleetDocument>): Promise<Kept | undefined> {
  try {
    const found = await collection.findOne({ _id: fleetRecordID });
    return found ? { state: JSON.parse(found.state) as FleetState, version: found.version } : undefined;
  } catch (error) {
    throw asPortError(error, 'reading the fleet’s record');
  }
}

/** Compare-and-swap; false when the record has another version by now. What `mark` says of the epoch is checked too. */
export async function swapFleet(
  collection: Collection<FleetDocument>,
  { state, version }: Kept,
  mark: { readonly nonce: string; readonly epoch?: number },
): Promise<boolean> {
  const fenced = mark.epoch === undefined ? {} : { epoch: { $lte: mark.epoch } };
  const filter = { _id: fleetRecordID, version, ...fenced };
  const update: UpdateFilter<FleetDocument> = {
    $set: { state: JSON.stringify(state), version: version + 1, ...mark },
  };
  try {
    await collection.updateOne(filter, update);
    return (await collection.findOne({ _id: fleetRecordID }))?.nonce === mark.nonce;
  } catch (error) {
    throw asPortError(error, 'writing the fleet’s record');
  }
}

/** Keeps the fleet's own record in step with the ledger, where other processes may write it too. */
export class MongoFleetStore {
  readonly #options: FleetOptions;
  readonly #fresh: boolean;
  #kept: Kept;

  /** Reads the record, or makes it where there is none; one that an earlier release bound is bound by all that is known. */
  static async open(options: FleetOptions): Promise<MongoFleetStore> {
    const keeper = await MongoFleetStore.#opened(options);
    await keeper.#bindWholly();
    return keeper;
  }

  static async #opened(options: FleetOptions): Promise<MongoFleetStore> {
    const found = await readFleet(options.collection);
    if (found) return new MongoFleetStore(options, found, false);
    const { chance, clock, boundNow } = options;
    const fleetID = options.fleetID ?? newFleetID(() => chance.random());
    const state = newFleetState(fleetID, boundNow, new Date(clock.now()).toISOString());
    if (await insert(options, { state, version: 1 }))
      return new MongoFleetStore(options, { state, version: 1 }, true);
    const other = await readFleet(options.collection);
    if (other) return new MongoFleetStore(options, other, false);
    throw new PortError({ kind: 'conflict' }, 'the fleet’s record comes and goes: somebody else is at it');
  }

  private constructor(options: FleetOptions, kept: Kept, fresh: boolean) {
    requireID(kept.state.fleetID, options.fleetID);
    this.#options = options;
    this.#kept = kept;
    this.#fresh = fresh;
  }

  record(): FleetRecord {
    const { state, version } = this.#kept;
    const boundNow = asBound(this.#options.boundNow, state.boundTo);
    return { state, version: String(version), boundNow, fresh: this.#fresh };
  }

  async save(state: FleetState, version: string): Promise<FleetRecord> {
    const { collection, clock, chance, epoch, leadership } = this.#options;
    if (leadership.msLeft() <= 0)
      throw new PortError({ kind: 'unavailable' }, 'the fleet’s record was not written: the lease is lost');
    const next = { state, version: Number(version) };
    const isStored = await answered(
      clock,
      swapFleet(collection, next, { nonce: chance.uuid(), epoch: epoch() }),
    );
    if (!isStored) {
      await this.refresh();
      throw new PortError({ kind: 'conflict' }, `the fleet’s record is no longer at version ${version}`);
    }
    this.#kept = { state, version: next.version + 1 };
    return this.record();
  }

  /** Takes in what another process wrote; true when it is news. One that is gone is made again from memory. */
  async refresh(): Promise<boolean> {
    const { collection, clock } = this.#options;
    const before = this.#kept;
    const found = await answered(clock, readFleet(collection));
    // A write of ours may have come between; what is older than that was lost by the store.
    if (this.#kept !== before) return false;
    if (!found) await this.#restore();
    else if (found.version < before.version) await this.#giveBack(found.version);
    else if (found.version > before.version) this.#kept = found;
    return this.#kept !== before;
  }

  async #bindWholly(): Promise<void> {
    const { state, version, boundNow } = this.record();
    const { boundNow: boundTo, leadership } = this.#options;
    if (state.boundTo !== boundNow || boundNow === boundTo || leadership.msLeft() <= 0) return;
    try {
      await this.save({ ...state, boundTo }, version);
    } catch (error) {
      // Somebody else writes the record: it is bound as before until the next start.
      if (!faultOf(error, 'conflict')) throw error;
    }
  }

  async #giveBack(version: number): Promise<void> {
    const { log } = this.#options;
    log.warn({ version, known: this.#kept.version }, 'the fleet’s record went back: written again');
    await this.save(this.#kept.state, String(version));
  }

  /** Deleted by somebody while it is in use: without it the fleet would not know its droplets. */
  async #restore(): Promise<void> {
    const { log, leadership, restoreIdentity } = this.#options;
    if (leadership.msLeft() <= 0) return;
    const next = { ...this.#kept, version: this.#kept.version + 1 };
    // First: under another identity the record would be taken for that of another source.
    await restoreIdentity();
    if (!(await insert(this.#options, next))) return;
    this.#kept = next;
    log.warn({ fleet: next.state.fleetID }, 'the fleet’s record was deleted while in use and is made again');
  }
}

/** False when there is one already. */
async function insert(options: FleetOptions, { state, version }: Kept): Promise<boolean> {
  const { collection, chance, epoch, leadership } = options;
  if (leadership.msLeft() <= 0) return false;
  const mark = { nonce: chance.uuid(), epoch: epoch() };
  try {
    await collection.insertOne({ _id: fleetRecordID, version, state: JSON.stringify(state), ...mark });
    return true;
  } catch (error) {
    const failure = asPortError(error, 'making the fleet’s record');
    if (faultOf(failure, 'conflict')) return false;
    throw failure;
  }
}

function requireID(stored: string, wanted: string | undefined): void {
  if (wanted === undefined || wanted === stored) return;
  throw new PortError(
    { kind: 'refused', reason: 'FleetMismatch', httpStatus: 0 },
    `the database belongs to fleet ${stored}, not ${wanted}: leave out the fleet id, or give another database`,
  );
}
