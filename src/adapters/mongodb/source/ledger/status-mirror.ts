import type { Collection, Document, WriteError } from 'mongodb';
import type { ResourceKey } from '../../../../model/resource-key.ts';
import type { Cancel, Clock } from '../../../../ports/clock.ts';
import type { Leadership } from '../../../../ports/leadership.ts';
import type { Log } from '../../../../ports/log.ts';
import { faultOf } from '../../../../ports/port-error.ts';
import { asPortError, writeErrorsOf, writeFailure } from '../../client/mongo-error.ts';
import { answered } from '../../client/within-deadline.ts';

/** How long a status waits for its successors, in ms: users read the document, nothing is decided by it. */
const gatherMs = 200;
/** How long a copy that somebody wiped or changed stays so: two who write against each other do not flood the server. */
const putBackMs = 1_000;
const retryMs = 1_000;
/** A document that the server will not have with a status, as a validator may say, is not tried again so soon. */
const refusedMs = 60_000;
const copying = 'copying status into documents';
/** In one command: FerretDB 1 never answers one of a hundred. */
const mostCopies = 64;

export interface CopiedStatus {
  readonly status: object;
  readonly version: number;
}

export interface StatusMirrorDeps {
  readonly collection: Collection<Document>;
  readonly clock: Clock;
  readonly log: Log;
  readonly leadership: Leadership;
  readonly epoch: () => number;
  /** What the document is to show; undefined where there is nothing to show. */
  readonly statusOf: (key: ResourceKey) => CopiedStatus | undefined;
}

/**
 * Writes each status into its document, for users to read. `status.record` tells which version of the record it shows
 * and the epoch of the leader that wrote it. Hashes of tokens stay in the ledger.
 */
export class StatusMirror {
  readonly #parts: StatusMirrorDeps;
  readonly #due = new Set<ResourceKey>();
  readonly #later = new Set<ResourceKey>();
  /** Until when, monotonic ms, each of those is let be. */
  readonly #refused = new Map<ResourceKey, number>();
  #cancelDue: Cancel | undefined;
  #cancelLater: Cancel | undefined;
  #flushing: Promise<void> | undefined;
  #ended = false;

  constructor(parts: StatusMirrorDeps) {
    this.#parts = parts;
  }

  /** There is a new status to show. */
  due(key: ResourceKey): void {
    this.#due.add(key);
    this.#flushIn(gatherMs);
  }

  /** The document does not show what it should. */
  putBack(key: ResourceKey): void {
    if (this.#ended || this.#due.has(key) || this.#isRefused(key)) return;
    this.#later.add(key);
    this.#cancelLater ??= this.#parts.clock.schedule(putBackMs, () => {
      this.#cancelLater = undefined;
      for (const each of this.#later) this.#due.add(each);
      this.#later.clear();
      this.#flushIn(0);
    });
  }

  /** Writes what is due, once; nothing is written afterwards. */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelDue?.();
    this.#cancelLater?.();
    await this.#flushing;
    await this.#flush();
  }

  #flushIn(delayMs: number): void {
    if (this.#ended || this.#flushing) return;
    this.#cancelDue ??= this.#parts.clock.schedule(delayMs, () => {
      this.#cancelDue = undefined;
      this.#flushing = this.#flush().finally(() => {
        this.#flushing = undefined;
        if (this.#due.size > 0) this.#flushIn(retryMs);
      });
    });
  }

  async #flush(): Promise<void> {
    const { leadership, log } = this.#parts;
    for (const key of this.#refused.keys()) if (!this.#parts.statusOf(key)) this.#refused.delete(key);
    while (this.#due.size > 0 && leadership.msLeft() > 0) {
      const keys = [...this.#due].slice(0, mostCopies);
      for (const key of keys) this.#due.delete(key);
      try {
        await this.#write(keys);
      } catch (error) {
        const { message: reason } = asPortError(error, copying);
        log.warn({ documents: keys.length, reason }, 'status could not be copied into documents');
        for (const key of keys) this.putBack(key);
        return;
      }
    }
  }

  async #write(due: readonly ResourceKey[]): Promise<void> {
    const keys = due.filter((key) => this.#parts.statusOf(key) !== undefined);
    const operations = keys.flatMap((key) => this.#copy(key));
    if (operations.length === 0) return;
    const { collection, clock } = this.#parts;
    let errors: readonly WriteError[] = [];
    try {
      await answered(clock, collection.bulkWrite(operations, { ordered: false }));
    } catch (error) {
      errors = writeErrorsOf(error);
      if (errors.length === 0) throw error;
    }
    const failed = new Map(errors.map((each) => [keys[each.index], each]));
    for (const key of keys) this.#settle(key, failed.get(key));
  }

  #copy(key: ResourceKey) {
    const copied = this.#parts.statusOf(key);
    if (!copied) return [];
    const status = { ...copied.status, record: { version: copied.version, epoch: this.#parts.epoch() } };
    return [{ updateOne: { filter: { _id: key } as Document, update: { $set: { status } } } }];
  }

  /** One that the server does not take holds up no other one. */
  #settle(key: ResourceKey, error: WriteError | undefined): void {
    const { clock, log } = this.#parts;
    const failure = error && writeFailure(error, copying);
    if (!failure) this.#refused.delete(key);
    else if (!faultOf(failure, 'refused')) this.putBack(key);
    else {
      if (!this.#refused.has(key))
        log.warn({ document: key, reason: failure.message }, 'a document takes no status: tried again later');
      this.#refused.set(key, clock.monotonic() + refusedMs);
    }
  }

  #isRefused(key: ResourceKey): boolean {
    return (this.#refused.get(key) ?? 0) > this.#parts.clock.monotonic();
  }
}
