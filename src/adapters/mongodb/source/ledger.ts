import {
  type AnyBulkWriteOperation,
  type Collection,
  MongoBulkWriteError,
  MongoServerError,
  type UpdateFilter,
  type WriteError,
} from 'mongodb';
import type { Chance } from '../../../ports/chance.ts';
import type { Leadership } from '../../../ports/leadership.ts';
import { PortError } from '../../../ports/port-error.ts';
import { asPortError } from '../client/mongo-error.ts';
import type { LedgerDocument, LedgerRecord } from './ledger-document.ts';

/** Updates and deletes in one command: FerretDB 1 never answers one of a hundred. */
const mostChanges = 64;
const mostInserts = 500;
const duplicateKey = 11_000;

const reading = 'reading the ledger';
const writing = 'writing the ledger';

/** The version that a write replaces. */
export type Expected = Pick<LedgerRecord, 'uid' | 'version'>;

export interface LedgerParts {
  readonly collection: Collection<LedgerDocument>;
  readonly chance: Chance;
  readonly leadership: Leadership;
  /** The fencing epoch of the lease that this process holds. */
  readonly epoch: () => number;
  /** Whether the store takes writes: undefined after one that succeeded. */
  readonly onOutcome: (failure: PortError | undefined) => void;
}

type Mark = Pick<LedgerDocument, '_id' | 'uid' | 'nonce' | 'epoch'>;

interface Job {
  readonly id: string;
  readonly kind: 'insert' | 'swap' | 'remove';
  readonly operation: AnyBulkWriteOperation<LedgerDocument>;
  /** Whether what stands there now proves that this very write happened. */
  readonly happened: (present: Mark | undefined) => boolean;
  readonly resolve: (won: boolean) => void;
  readonly reject: (error: PortError) => void;
}

interface Outcome {
  /** Set when it is not known of any of the writes whether it happened. */
  readonly failure: PortError | undefined;
  readonly errors: readonly WriteError[];
  /** What the store would not take, by the number of the write. */
  readonly refusals: ReadonlyMap<number, PortError>;
}

/**
 * The collection of the controller's own records. Writes submitted while others are under way share a command; each
 * resolves once a majority has it, to whether it won, which its own nonce, read back, decides: never a count.
 */
export class Ledger {
  readonly #parts: LedgerParts;
  #waiting: Job[] = [];
  #running: Promise<void> | undefined;
  #ended = false;

  constructor(parts: LedgerParts) {
    this.#parts = parts;
  }

  /** False when there is a record of that id already. */
  insert(id: string, record: LedgerRecord): Promise<boolean> {
    const mark = this.#mark();
    const operation = { insertOne: { document: { _id: id, ...record, ...mark } } };
    return this.#submit(id, 'insert', operation, (present) => present?.nonce === mark.nonce);
  }

  /** Compare-and-swap; false when the record has moved on, or is gone. */
  swap(id: string, expected: Expected, change: Partial<LedgerRecord>): Promise<boolean> {
    const mark = this.#mark();
    const update = { $set: { ...change, ...mark } };
    const operation = { updateOne: { filter: this.#filter(id, expected), update } };
    return this.#submit(id, 'swap', operation, (present) => present?.nonce === mark.nonce);
  }

  /** False when the record has moved on. */
  remove(id: string, expected: Expected): Promise<boolean> {
    const operation = { deleteOne: { filter: this.#filter(id, expected) } };
    return this.#submit(id, 'remove', operation, (present) => present?.uid !== expected.uid);
  }

  async read(ids: readonly string[]): Promise<LedgerDocument[]> {
    return this.#tried(reading, () => this.#parts.collection.find({ _id: { $in: [...ids] } }).toArray());
  }

  /** Everything there is, in no order. */
  async *all(): AsyncGenerator<LedgerDocument> {
    try {
      yield* this.#parts.collection.find({}, { batchSize: 1000 });
    } catch (error) {
      throw asPortError(error, reading);
    }
  }

  /** The version of every record by its id: enough to see which of them went back or got lost. */
  async versions(): Promise<Map<string, Expected>> {
    const projection = { uid: 1, version: 1 } as const;
    return this.#tried(reading, async () => {
      const marks = await this.#parts.collection.find({}, { projection, batchSize: 1000 }).toArray();
      return new Map(marks.map(({ _id, uid, version }) => [_id, { uid, version }]));
    });
  }

  /** From now on no leader before this one changes any record. */
  async fence(): Promise<void> {
    const epoch = this.#parts.epoch();
    await this.#tried('fencing off former leaders', () =>
      this.#parts.collection.updateMany({ epoch: { $lt: epoch } }, { $set: { epoch } }),
    );
  }

  /** Writes something that changes nothing, to see whether the store takes writes. */
  async probe(): Promise<void> {
    const filter = { _id: 'Fleet' };
    const update = { $set: { probe: this.#parts.chance.uuid() } } as UpdateFilter<LedgerDocument>;
    await this.#tried(writing, () => this.#parts.collection.updateOne(filter, update));
  }

  /** Resolves when what was submitted is settled; nothing is written afterwards. */
  async close(): Promise<void> {
    this.#ended = true;
    await this.#running;
  }

  #mark(): Pick<LedgerDocument, 'nonce' | 'epoch'> {
    return { nonce: this.#parts.chance.uuid(), epoch: this.#parts.epoch() };
  }

  #filter(id: string, { uid, version }: Expected) {
    return { _id: id, uid, version, epoch: { $lte: this.#parts.epoch() } };
  }

  #submit(
    id: string,
    kind: Job['kind'],
    operation: Job['operation'],
    happened: Job['happened'],
  ): Promise<boolean> {
    if (this.#ended) return Promise.reject(new PortError({ kind: 'unavailable' }, 'the ledger is closed'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ id, kind, operation, happened, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  async #run(): Promise<void> {
    // Whatever else is submitted in this turn goes along.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) await this.#commit(this.#next());
    this.#running = undefined;
  }

  #next(): Job[] {
    let changes = 0;
    const end = this.#waiting.findIndex(({ kind }, index) => {
      if (kind !== 'insert') changes += 1;
      return changes > mostChanges || index >= mostInserts;
    });
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end);
  }

  async #commit(jobs: readonly Job[]): Promise<void> {
    if (this.#parts.leadership.msLeft() <= 0) {
      const error = new PortError({ kind: 'unavailable' }, 'the lease is lost: nothing was written');
      for (const job of jobs) job.reject(error);
      return;
    }
    const outcome = await this.#send(jobs);
    try {
      const present = await this.#readBack(jobs, outcome);
      this.#parts.onOutcome(outcome.failure);
      for (const [index, job] of jobs.entries())
        this.#settle(job, present, outcome.failure ?? outcome.refusals.get(index));
    } catch (error) {
      const doubt = outcome.failure ?? asPortError(error, 'reading back what was written');
      this.#parts.onOutcome(doubt);
      for (const job of jobs) job.reject(doubt);
    }
  }

  async #send(jobs: readonly Job[]): Promise<Outcome> {
    const operations = jobs.map(({ operation }) => operation);
    try {
      await this.#parts.collection.bulkWrite(operations, { ordered: false });
      return { failure: undefined, errors: [], refusals: new Map() };
    } catch (error) {
      const errors = writeErrorsOf(error);
      if (errors.length === 0) return { failure: asPortError(error, writing), errors, refusals: new Map() };
      const refused = errors.filter(({ code }) => code !== duplicateKey);
      const refusals = new Map(refused.map((each) => [each.index, refusalOf(each)] as const));
      return { failure: undefined, errors, refusals };
    }
  }

  /** Unique inserts are exact everywhere: those without an error need no proof. */
  async #readBack(
    jobs: readonly Job[],
    { failure, errors }: Outcome,
  ): Promise<ReadonlyMap<string, Mark> | 'all won'> {
    if (!failure && errors.length === 0 && jobs.every(({ kind }) => kind === 'insert')) return 'all won';
    const projection = { uid: 1, nonce: 1, epoch: 1 } as const;
    const ids = jobs.map(({ id }) => id);
    const marks = await this.#parts.collection.find({ _id: { $in: ids } }, { projection }).toArray();
    return new Map(marks.map((mark) => [mark._id, mark]));
  }

  #settle(job: Job, present: ReadonlyMap<string, Mark> | 'all won', failure: PortError | undefined): void {
    const mark = present === 'all won' ? undefined : present.get(job.id);
    if (present === 'all won' || job.happened(mark)) job.resolve(true);
    else if (mark && mark.epoch > this.#parts.epoch()) job.reject(outdated(job.id));
    else if (failure) job.reject(failure);
    else job.resolve(false);
  }

  async #tried<T>(doing: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw asPortError(error, doing);
    }
  }
}

function writeErrorsOf(error: unknown): readonly WriteError[] {
  if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError()) return [];
  return [error.writeErrors].flat();
}

function refusalOf(error: WriteError): PortError {
  return asPortError(new MongoServerError({ message: error.errmsg ?? 'refused', code: error.code }), writing);
}

function outdated(id: string): PortError {
  return new PortError(
    { kind: 'unavailable' },
    `${id} in the ledger carries the epoch of a later leader: this process writes no more`,
  );
}
