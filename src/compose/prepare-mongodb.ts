import { connectMongo } from '../adapters/mongodb/client/connect.ts';
import { type Preparation, prepareDatabase } from '../adapters/mongodb/setup/prepare-database.ts';
import type { MongoDBConfig } from '../config/run-config.ts';

/** The database of the configuration, made ready for bots. */
export async function prepareMongoDB(config: MongoDBConfig): Promise<readonly Preparation[]> {
  const { db, close } = await connectMongo(config);
  try {
    return await prepareDatabase(db, config.collections);
  } finally {
    await close();
  }
}
export type { Preparation } from '../adapters/mongodb/setup/prepare-database.ts';
