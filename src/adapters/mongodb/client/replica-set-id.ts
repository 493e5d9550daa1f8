import { type Db, MongoServerError } from 'mongodb';
import type { Clock } from '../../../ports/clock.ts';
import { answered } from './answered.ts';
import { asPortError } from './mongo-error.ts';

/**
 * The id that a replica set was given when it was initiated, which no copy of its data takes along; undefined where the
 * server is none, or does not say: its role `clusterMonitor` may ask, on Atlas nobody.
 */
export async function replicaSetID(db: Db, clock: Clock): Promise<string | undefined> {
  try {
    const { config } = await answered(clock, db.admin().command({ replSetGetConfig: 1 }));
    const id: unknown = config?.settings?.replicaSetId;
    return id === undefined || id === null ? undefined : String(id);
  } catch (error) {
    if (error instanceof MongoServerError) return undefined;
    throw asPortError(error, 'asking for the replica set’s id');
  }
}
