import { MongoClient } from 'mongodb';
import type { BotSpec } from '../../../src/model/spec/bot-spec.ts';
import { accountManifest, botManifest } from '../../../test/lab/fleet-files.ts';
import { inDatabase, type MongoServer } from '../../../test/lab/mongo-server.ts';
import type { DeclaredPlace } from './declared-place.ts';

interface Declared {
  readonly _id: string;
  readonly spec: object;
}

/** A database of its own; a document for each bot. */
export async function mongoDBPlace(server: MongoServer): Promise<DeclaredPlace> {
  const uri = inDatabase(server.uri, `clawfleet-bench-${process.pid}`);
  const client = await MongoClient.connect(uri);
  const db = client.db();
  const bots = db.collection<Declared>('bots');
  const { metadata, spec } = accountManifest;
  await db.collection<Declared>('accounts').insertOne({ _id: idOf(metadata.name), spec });
  return {
    name: 'mongodb',
    unit: 'documents',
    source: ['--source', 'mongodb'],
    env: { MONGODB_URI: uri },
    declare: async (names) =>
      void (await bots.insertMany(names.map((name) => ({ _id: idOf(name), spec: specOf(name, {}) })))),
    edit: async (name, change) =>
      void (await bots.updateOne({ _id: idOf(name) }, { $set: { spec: specOf(name, change) } })),
    ready: () =>
      bots.countDocuments({ 'status.conditions': { $elemMatch: { type: 'Ready', status: 'True' } } }),
    async [Symbol.asyncDispose]() {
      await db.dropDatabase();
      await client.close();
    },
  };
}

function idOf(name: string): string {
  return `default/${name}`;
}

function specOf(name: string, change: Partial<BotSpec>): object {
  return botManifest(name, change).spec;
}
