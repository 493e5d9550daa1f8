import type { Collection, UpdateFilter } from 'mongodb';
import type { Chance } from '../../../../ports/chance.ts';
import { asPortError } from '../../client/mongo-error.ts';
import { answered } from '../../client/within-deadline.ts';
import { LedgerCommits, type LedgerCommitsParts, type LedgerWrite, leaseLost } from './ledger-commits.ts';
import type { LedgerDocument, LedgerRecord } from './ledger-document.ts';

const reading = 'reading the ledger';

/** The version that a write replaces. */
export type Expected = Pick<LedgerRecord, 'uid' | 'version'>;

export interface LedgerParts extends LedgerCommitsParts {
  readonly chance: Chance;
}

/** The collection of the controller's own records. Every write resolves to whether it won, once a majority has it. */
export class Ledger {
  readonly #parts: LedgerParts;
  readonly #collection: Collection<LedgerDocument>;
  readonly #commits: LedgerCommits;

  constructor(parts: LedgerParts) {
    this.#parts = parts;
    this.#collection = parts.collection;
    this.#commits = new LedgerCommits(parts);
  }

  /** False when there is a record of that id already. */
  insert(id: string, record: LedgerRecord): Promise<boolean> {
    const mark = this.#mark();
    const operation = { insertOne: { document: { _id: id, ...record, ...mark } } };
    const happened = isMarked(mark);
    return this.#commits.submit({ id, kind: 'insert', operation, happened });
  }

  /** Compare-and-swap; false when the record has moved on, or is gone. */
  swap(id: string, expected: Expected, change: Partial<LedgerRecord>): Promise<boolean> {
    const mark = this.#mark();
    const update = { $set: { ...change, ...mark } };
    const operation = { updateOne: { filter: this.#filter(id, expected), update } };
    const happened = isMarked(mark);
    return this.#commits.submit({ id, kind: 'swap', operation, happened });
  }

  /** False when the record has moved on. */
  remove(id: string, expected: Expected): Promise<boolean> {
    const operation = { deleteOne: { filter: this.#filter(id, expected) } };
    const happened: LedgerWrite['happened'] = (present) => present?.uid !== expected.uid;
    return this.#commits.submit({ id, kind: 'remove', operation, happened });
  }

  async read(ids: readonly string[]): Promise<LedgerDocument[]> {
    return this.#tried(reading, () => this.#collection.find({ _id: { $in: [...ids] } }).toArray());
  }

  /** Everything there is, in no order. */
  async *all(): AsyncGenerator<LedgerDocument> {
    try {
      yield* this.#collection.find({}, { batchSize: 1000 });
    } catch (error) {
      throw asPortError(error, reading);
    }
  }

  /** The version of every record by its id: enough to see which of them went back or got lost. */
  async versions(): Promise<Map<string, Expected>> {
    const projection = { uid: 1, version: 1 } as const;
    return this.#tried(reading, async () => {
      const marks = await this.#collection.find({}, { projection, batchSize: 1000 }).toArray();
      return new Map(marks.map(({ _id, uid, version }) => [_id, { uid, version }]));
    });
  }

  /** From now on no leader before this one changes any record. */
  async fence(): Promise<void> {
    const epoch = this.#parts.epoch();
    await this.#tried('fencing off former leaders', () =>
      this.#collection.updateMany({ epoch: { $lt: epoch } }, { $set: { epoch } }),
    );
  }

  /** Writes something that changes nothing, to see whether the store takes writes. */
  async probe(): Promise<void> {
    if (this.#parts.leadership.msLeft() <= 0) throw leaseLost();
    const filter = { _id: 'Fleet' };
    const update = { $set: { probe: this.#parts.chance.uuid() } } as UpdateFilter<LedgerDocument>;
    await this.#tried('writing the ledger', () => this.#collection.updateOne(filter, update));
  }

  /** Resolves when what was submitted is settled; nothing is written afterwards. */
  close(): Promise<void> {
    return this.#commits.close();
  }

  #mark(): Pick<LedgerDocument, 'nonce' | 'epoch'> {
    return { nonce: this.#parts.chance.uuid(), epoch: this.#parts.epoch() };
  }

  #filter(id: string, { uid, version }: Expected) {
    return { _id: id, uid, version, epoch: { $lte: this.#parts.epoch() } };
  }

  async #tried<T>(doing: string, act: () => Promise<T>): Promise<T> {
    try {
      return await answered(this.#parts.clock, act());
    } catch (error) {
      throw asPortError(error, doing);
    }
  }
}

function isMarked({ nonce }: Pick<LedgerDocument, 'nonce'>): LedgerWrite['happened'] {
  return (present) => present?.nonce === nonce;
}
