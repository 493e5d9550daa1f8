import { type Db, type Document } from 'mongodb';
import { type CollectionNames } from '../../../src/adapters/mongodb/collections.ts';
import { type MongoDBOptions } from '../../../src/adapters/mongodb/source/mongodb-source.ts';
import type { BotRecord } from '../../../src/model/records.ts';
import type { Source } from '../../../src/ports/source.ts';
import { type DeclaredObject, type SourceBed, Told } from '../../contract/source-bed.ts';
/** A database of its own on a server that runs, and one source on it at a time. */
export declare class MongoBed implements SourceBed {
  #private;
  readonly implicitDeletion = true;
  readonly badSpecsCount = false;
  readonly withoutSecrets = true;
  readonly collections: CollectionNames;
  readonly db: Db;
  told: Told;
  /** On a database that is new, unless it is named. */
  constructor(uri: string, database?: string);
  get source(): Source;
  get bots(): import('mongodb').Collection<
    Document & {
      _id: string;
    }
  >;
  get ledger(): import('mongodb').Collection<
    Document & {
      _id: string;
    }
  >;
  open(options?: Partial<MongoDBOptions>): Source;
  /** Ends the source before, and starts one that tells `told`. */
  start(options?: Partial<MongoDBOptions>): Promise<Source>;
  bot(name: string): BotRecord;
  declare(object: DeclaredObject): Promise<void>;
  remove(object: DeclaredObject): Promise<void>;
  close(): Promise<void>;
}
