import type { DatabaseSync } from 'node:sqlite';
import { PortError } from '../../../ports/port-error.ts';
import { transaction } from './open-database.ts';
import { storeError } from './store-error.ts';

interface Job {
  /** Runs inside the transaction. A PortError refuses this job alone and must leave nothing written. */
  readonly write: () => () => void;
  readonly failed: (error: PortError) => void;
}

/** Tells whether the store takes writes: `undefined` after a commit, else why it failed. */
export type OutcomeListener = (failure: PortError | undefined) => void;

/**
 * Writes submitted in one turn of the event loop share one transaction and so one fsync; each promise settles
 * after it. Where the transaction fails, every write of it fails and nothing is stored.
 */
export class GroupCommit {
  readonly #db: DatabaseSync;
  readonly #onOutcome: OutcomeListener;
  #jobs: Job[] = [];
  #timer: NodeJS.Immediate | undefined;
  #state: 'open' | 'closed' | 'abandoned' = 'open';

  constructor(db: DatabaseSync, onOutcome: OutcomeListener) {
    this.#db = db;
    this.#onOutcome = onOutcome;
  }

  /**
   * `write` runs in the shared transaction and returns what to do once it is durable; the result of that is
   * the promise's. It runs before any other code sees the commit.
   */
  submit<T>(write: () => () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#state === 'abandoned') return;
      if (this.#state === 'closed') {
        reject(new PortError({ kind: 'unavailable' }, 'the state file is closed'));
        return;
      }
      const job = () => {
        const committed = write();
        return () => resolve(committed());
      };
      this.#jobs.push({ write: job, failed: reject });
      this.#timer ??= setImmediate(() => this.flush());
    });
  }

  /** Commits what is waiting, now. */
  flush(): void {
    clearImmediate(this.#timer);
    this.#timer = undefined;
    const jobs = this.#jobs;
    this.#jobs = [];
    if (jobs.length > 0) this.#commit(jobs);
  }

  /** Commits what is waiting and refuses whatever comes later. */
  close(): void {
    this.flush();
    if (this.#state === 'open') this.#state = 'closed';
  }

  /** Drops what is waiting as the end of the process would: its promises never settle, nor do later ones. */
  abandon(): void {
    clearImmediate(this.#timer);
    this.#state = 'abandoned';
    this.#jobs = [];
  }

  #commit(jobs: readonly Job[]): void {
    let settled: (() => void)[];
    try {
      settled = transaction(this.#db, () => jobs.map(attempt));
    } catch (error) {
      const failure = storeError(error, 'write the state');
      this.#onOutcome(failure);
      for (const job of jobs) job.failed(failure);
      return;
    }
    this.#onOutcome(undefined);
    for (const settle of settled) settle();
  }
}

function attempt(job: Job): () => void {
  try {
    return job.write();
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
    return () => job.failed(error);
  }
}
