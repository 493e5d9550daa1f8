import { type Db, type Document, MongoClient } from 'mongodb';
import type { MongoDBOptions } from '../../../../src/adapters/mongodb/source/mongodb-options.ts';
import { mongodbSource } from '../../../../src/adapters/mongodb/source/mongodb-source.ts';
import { seededChance } from '../../../../src/adapters/system/seeded-chance.ts';
import { systemChance } from '../../../../src/adapters/system/system-chance.ts';
import { systemClock } from '../../../../src/adapters/system/system-clock.ts';
import { type CollectionNames, defaultCollections } from '../../../../src/model/collection-names.ts';
import type { BotRecord } from '../../../../src/model/records.ts';
import type { ResourceKey } from '../../../../src/model/resource-key.ts';
import { soleLeader } from '../../../../src/ports/leadership.ts';
import { silentLog } from '../../../../src/ports/log.ts';
import type { Source } from '../../../../src/ports/source.ts';
import { type DeclaredObject, type SourceBed, Told } from '../../../contract/source-bed.ts';

/** A database of its own on a server that runs, and one source on it at a time. */
export class MongoBed implements SourceBed {
  readonly implicitDeletion = true;
  readonly badSpecsCount = false;
  readonly withoutSecrets = true;
  readonly collections: CollectionNames = defaultCollections;
  readonly db: Db;
  told = new Told();
  /** Tells of its commands. */
  readonly client: MongoClient;
  #source: Source | undefined;

  /** On a database that is new, unless it is named. */
  constructor(uri: string, database = `t${systemChance.uuid().slice(0, 13)}`) {
    this.client = new MongoClient(uri, {
      retryWrites: false,
      serverSelectionTimeoutMS: 1_000,
      monitorCommands: true,
    });
    this.db = this.client.db(database);
  }

  get source(): Source {
    if (!this.#source) throw new Error('no source is open');
    return this.#source;
  }

  get bots() {
    return this.db.collection<Document & { _id: string }>(this.collections.bots);
  }

  get ledger() {
    return this.db.collection<Document & { _id: string }>(this.collections.ledger);
  }

  open(options: Partial<MongoDBOptions> = {}): Source {
    this.#source = mongodbSource({
      db: this.db,
      collections: this.collections,
      clock: systemClock,
      // Two sources on one database must not make the same uids and nonces.
      chance: { ...seededChance(1), uuid: () => systemChance.uuid() },
      log: silentLog,
      fleetID: undefined,
      epoch: () => 1,
      leadership: soleLeader,
      ...options,
    });
    return this.#source;
  }

  /** Ends the source before, and starts one that tells `told`. */
  async start(options: Partial<MongoDBOptions> = {}): Promise<Source> {
    await this.#source?.stop();
    this.told = new Told();
    const source = this.open(options);
    await source.start(this.told);
    return source;
  }

  bot(name: string): BotRecord {
    const record = this.source.bot(`default/${name}` as ResourceKey);
    if (!record) throw new Error(`${name} is not there`);
    return record;
  }

  async declare(object: DeclaredObject): Promise<void> {
    const { apiVersion: _, kind: __, ...body } = object;
    const filter = { _id: idOf(object) } as Document;
    await this.#of(object).updateOne(
      filter,
      { $set: { metadata: body.metadata, spec: body['spec'] ?? {} } },
      {
        upsert: true,
      },
    );
  }

  async remove(object: DeclaredObject): Promise<void> {
    await this.#of(object).deleteOne({ _id: idOf(object) } as Document);
  }

  async close(): Promise<void> {
    await this.#source?.stop();
    await this.db.dropDatabase();
    await this.client.close();
  }

  #of({ kind }: DeclaredObject) {
    return this.db.collection(kind === 'Account' ? this.collections.accounts : this.collections.bots);
  }
}

function idOf({ metadata }: DeclaredObject): string {
  return `${metadata.namespace ?? 'default'}/${metadata.name}`;
}
