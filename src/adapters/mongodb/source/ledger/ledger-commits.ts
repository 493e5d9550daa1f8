import type { AnyBulkWriteOperation, Collection, WriteError } from 'mongodb';
import type { Clock } from '../../../../ports/clock.ts';
import type { Leadership } from '../../../../ports/leadership.ts';
import { PortError } from '../../../../ports/port-error.ts';
import { asPortError, writeErrorsOf, writeFailure } from '../../client/mongo-error.ts';
import { answered } from '../../client/within-deadline.ts';
import type { LedgerDocument } from './ledger-document.ts';

/** Updates and deletes in one command: FerretDB 1 never answers one of a hundred. */
const mostChanges = 64;
const mostInserts = 500;
const duplicateKey = 11_000;

const writing = 'writing the ledger';

export interface LedgerCommitsParts {
  readonly collection: Collection<LedgerDocument>;
  readonly clock: Clock;
  readonly leadership: Leadership;
  /** The fencing epoch of the lease that this process holds. */
  readonly epoch: () => number;
  /** Whether the store takes writes: undefined after one that succeeded. */
  readonly onOutcome: (failure: PortError | undefined) => void;
}

type Mark = Pick<LedgerDocument, '_id' | 'uid' | 'nonce' | 'epoch'>;

/** One write of one record. */
export interface LedgerWrite {
  readonly id: string;
  readonly kind: 'insert' | 'swap' | 'remove';
  readonly operation: AnyBulkWriteOperation<LedgerDocument>;
  /** Whether what stands there now proves that this very write happened. */
  readonly happened: (present: Mark | undefined) => boolean;
}

interface Job extends LedgerWrite {
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
 * Writes submitted while others are under way share a command. Each resolves once a majority has it, to whether it won:
 * its own nonce, read back, decides that, never a count.
 */
export class LedgerCommits {
  readonly #parts: LedgerCommitsParts;
  #waiting: Job[] = [];
  #running: Promise<void> | undefined;
  #ended = false;

  constructor(parts: LedgerCommitsParts) {
    this.#parts = parts;
  }

  submit(write: LedgerWrite): Promise<boolean> {
    if (this.#ended) return Promise.reject(new PortError({ kind: 'unavailable' }, 'the ledger is closed'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...write, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when what was submitted is settled; nothing is written afterwards. */
  async close(): Promise<void> {
    this.#ended = true;
    await this.#running;
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
      const error = leaseLost();
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
    const { collection, clock } = this.#parts;
    const operations = jobs.map(({ operation }) => operation);
    try {
      await answered(clock, collection.bulkWrite(operations, { ordered: false }));
      return { failure: undefined, errors: [], refusals: new Map() };
    } catch (error) {
      const errors = writeErrorsOf(error);
      if (errors.length === 0) return { failure: asPortError(error, writing), errors, refusals: new Map() };
      const refused = errors.filter(({ code }) => code !== duplicateKey);
      const refusals = new Map(refused.map((each) => [each.index, writeFailure(each, writing)] as const));
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
    const { collection, clock } = this.#parts;
    const marks = await answered(clock, collection.find({ _id: { $in: ids } }, { projection }).toArray());
    return new Map(marks.map((mark) => [mark._id, mark]));
  }

  #settle(job: Job, present: ReadonlyMap<string, Mark> | 'all won', failure: PortError | undefined): void {
    const mark = present === 'all won' ? undefined : present.get(job.id);
    if (present === 'all won' || job.happened(mark)) job.resolve(true);
    else if (mark && mark.epoch > this.#parts.epoch()) job.reject(outdated(job.id));
    else if (failure) job.reject(failure);
    else job.resolve(false);
  }
}

export function leaseLost(): PortError {
  return new PortError({ kind: 'unavailable' }, 'the lease is lost: nothing was written');
}

function outdated(id: string): PortError {
  return new PortError(
    { kind: 'unavailable' },
    `${id} in the ledger carries the epoch of a later leader: this process writes no more`,
  );
}
