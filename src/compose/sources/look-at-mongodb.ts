import { connectMongo } from '../../adapters/mongodb/client/connect.ts';
import { type Preparation, prepareDatabase } from '../../adapters/mongodb/setup/prepare-database.ts';
import { mongoEditor } from '../../adapters/mongodb/source/mongo-editor.ts';
import { openMongoReader } from '../../adapters/mongodb/source/mongo-reader.ts';
import { systemChance } from '../../adapters/system/system-chance.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import type { MongoDBConfig } from '../../config/sources/mongodb.ts';
import { silentLog } from '../../ports/log.ts';
import type { SourceEditor, SourceReader } from '../../ports/source-reader.ts';
import { closingToo, connectedEditor } from './connected.ts';

/** A look at a database's bots under the user's own rights; closing it closes the connection too. */
export async function openMongoDBReader(config: MongoDBConfig): Promise<SourceReader> {
  const { collections } = config;
  const { db, close } = await connectMongo(config);
  try {
    const reader = await openMongoReader({ db, collections, clock: systemClock, log: silentLog });
    return closingToo(reader, () => void close());
  } catch (error) {
    await close();
    throw error;
  }
}

/** Each change is made over a connection of its own. */
export function openMongoDBEditor(config: MongoDBConfig): SourceEditor {
  return connectedEditor(async (act) => {
    const { db, close } = await connectMongo(config);
    try {
      return await act(mongoEditor({ db, collections: config.collections, chance: systemChance }));
    } finally {
      await close();
    }
  });
}

/** The database of the configuration, made ready for bots. */
export async function prepareMongoDB(config: MongoDBConfig): Promise<readonly Preparation[]> {
  const { db, close } = await connectMongo(config);
  try {
    return await prepareDatabase(db, config.collections);
  } finally {
    await close();
  }
}
export type { Preparation } from '../../adapters/mongodb/setup/prepare-database.ts';
