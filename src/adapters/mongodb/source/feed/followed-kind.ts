import type { Collection, Document } from 'mongodb';
import type { AnyRecord } from '../../../../model/records.ts';
import type { ResourceKey } from '../../../../model/resource-key.ts';
import type { Clock } from '../../../../ports/clock.ts';
import type { Leadership } from '../../../../ports/leadership.ts';
import { PortError } from '../../../../ports/port-error.ts';
import { asPortError } from '../../client/mongo-error.ts';
import { answered } from '../../client/within-deadline.ts';
import { DocumentRecords, type DocumentRecordsDeps } from '../ledger/document-records.ts';
import { type CopiedStatus, StatusMirror } from '../ledger/status-mirror.ts';
import type { MongoDBOptions } from '../mongodb-options.ts';
import { DocumentFeed } from './document-feed.ts';
import type { CollectionMark } from './known-collection.ts';

export interface FollowedKindParts<R extends AnyRecord>
  extends Pick<MongoDBOptions, 'clock' | 'log' | 'chance' | 'leadership' | 'epoch'>,
    Omit<DocumentRecordsDeps<R>, 'copy'> {
  readonly collection: Collection<Document>;
  readonly marks: Collection<CollectionMark>;
  /** What a document may show of a status. */
  readonly shown: (status: R['status']) => object;
  readonly onHealth: () => void;
}

/** Bots, or Accounts: their documents, their records, and the copies of their status. */
export class FollowedKind<R extends AnyRecord> {
  readonly keeper: DocumentRecords<R>;
  readonly feed: DocumentFeed;
  readonly #collection: Collection<Document>;
  readonly #clock: Clock;
  readonly #leadership: Leadership;
  readonly #copier: StatusMirror;
  readonly #shown: (status: R['status']) => object;

  constructor(parts: FollowedKindParts<R>) {
    const { collection, clock, leadership, shown } = parts;
    this.#collection = collection;
    this.#clock = clock;
    this.#leadership = leadership;
    this.#shown = shown;
    this.#copier = new StatusMirror({ ...parts, statusOf: (key) => this.#copied(key) });
    this.keeper = new DocumentRecords<R>({ ...parts, copy: (key) => this.#copier.due(key) });
    this.feed = new DocumentFeed({
      ...parts,
      keeper: this.keeper,
      copier: this.#copier,
      discard: (key) => this.#discard(key),
    });
  }

  /** Lets a record go; a document of the same key that is there by then becomes another one. */
  async release(record: R): Promise<void> {
    const isAsked = 'deletion' in record && record.deletion?.implicit === false;
    await this.keeper.remove(record, async () => {
      if (isAsked) await this.#discard(record.key);
    });
    this.feed.look(record.key);
  }

  async stop(): Promise<void> {
    await this.feed.stop();
    await this.#copier.close();
  }

  #copied(key: ResourceKey): CopiedStatus | undefined {
    const record = this.keeper.records.get(key);
    const version = this.keeper.statusVersion(key);
    return record && version !== undefined ? { status: this.#shown(record.status), version } : undefined;
  }

  /** Only what its author still wants to end: it may be declared anew by now. */
  async #discard(key: ResourceKey): Promise<void> {
    if (this.#leadership.msLeft() <= 0)
      throw new PortError({ kind: 'unavailable' }, `${key} was not removed: the lease is lost`);
    try {
      const filter = { _id: key, 'metadata.deletionTimestamp': { $ne: null } } as Document;
      await answered(this.#clock, this.#collection.deleteOne(filter));
    } catch (error) {
      throw asPortError(error, `removing ${key}`);
    }
  }
}
