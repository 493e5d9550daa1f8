import type { Collection, Document } from 'mongodb';
import type { Clock } from '../../../../ports/clock.ts';
import type { Leadership } from '../../../../ports/leadership.ts';
import type { Log } from '../../../../ports/log.ts';
import { asPortError } from '../../client/mongo-error.ts';
import { answered } from '../../client/within-deadline.ts';
import { type CollectionObservation, sightOf } from './document-reads.ts';

/** Where nothing hints at a change it is looked whether there was one so often, in ms. */
const recheckMs = 300_000;

/** In the ledger: which collection of that name had documents. */
export interface CollectionMark {
  readonly _id: string;
  readonly uuid: string;
}

export interface KnownCollectionParts {
  readonly collection: Collection<Document>;
  readonly marks: Collection<CollectionMark>;
  readonly clock: Clock;
  readonly log: Log;
  readonly leadership: Leadership;
}

/**
 * Tells the collection in which documents were seen from another one of its name, over restarts, too: emptying the first
 * may be meant; dropping, renaming or restoring it is no decision about each document.
 */
export class KnownCollection {
  readonly #parts: KnownCollectionParts;
  #uuid: string | undefined;
  #checkedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: KnownCollectionParts) {
    this.#parts = parts;
  }

  /** What happened to the collection as a whole when documents are missing; undefined where nothing did. */
  async change(): Promise<string | undefined> {
    const sight = await this.#look();
    if (sight === 'absent') return this.#doubtful('does not exist any more');
    const known = await this.#known();
    if (known !== undefined && sight.uuid !== undefined)
      return known === sight.uuid
        ? undefined
        : this.#doubtful('was dropped or renamed, and another one made');
    return (await this.#isEmpty())
      ? this.#doubtful('is empty, and nothing shows that it is the one that had documents')
      : undefined;
  }

  /** Which collection a listing is about to read; undefined where nobody has to know. */
  async beforeListing(): Promise<string | undefined> {
    if (this.#parts.clock.monotonic() - this.#checkedAt < recheckMs) return undefined;
    return this.#present();
  }

  /**
   * A listing found documents, and what it missed is dealt with: the collection is remembered if it was this one before
   * and after. Stores nothing unless it is another one than the last that had documents.
   */
  async hadDocuments(before: string | undefined): Promise<void> {
    if (before !== undefined && (await this.#present()) === before) await this.#remember(before);
  }

  #doubtful(reason: string): string {
    this.#checkedAt = Number.NEGATIVE_INFINITY;
    return reason;
  }

  async #look(): Promise<CollectionObservation> {
    const { clock, collection } = this.#parts;
    return answered(clock, sightOf(collection));
  }

  async #present(): Promise<string | undefined> {
    const sight = await this.#look();
    return sight === 'absent' ? undefined : sight.uuid;
  }

  async #isEmpty(): Promise<boolean> {
    const { clock, collection } = this.#parts;
    try {
      return (await answered(clock, collection.findOne({}, { projection: { _id: 1 } }))) === null;
    } catch (error) {
      throw asPortError(error, `reading ${collection.collectionName}`);
    }
  }

  async #known(): Promise<string | undefined> {
    const { clock, marks } = this.#parts;
    try {
      this.#uuid ??= (await answered(clock, marks.findOne({ _id: this.#id() })))?.uuid;
      return this.#uuid;
    } catch (error) {
      throw asPortError(error, 'reading which collection had documents');
    }
  }

  /** One that cannot be stored is only trusted less later on: that is no reason to read no documents. */
  async #remember(uuid: string): Promise<void> {
    const { clock, leadership, log } = this.#parts;
    if (leadership.msLeft() <= 0) return;
    this.#checkedAt = clock.monotonic();
    try {
      if ((await this.#known()) !== uuid) await this.#store(uuid);
      this.#uuid = uuid;
    } catch (error) {
      const { message } = asPortError(error, 'writing which collection had documents');
      log.warn({ collection: this.#parts.collection.collectionName }, message);
    }
  }

  async #store(uuid: string): Promise<void> {
    const { clock, marks } = this.#parts;
    await answered(clock, marks.updateOne({ _id: this.#id() }, { $set: { uuid } }, { upsert: true }));
  }

  #id(): string {
    return `Collection ${this.#parts.collection.collectionName}`;
  }
}
