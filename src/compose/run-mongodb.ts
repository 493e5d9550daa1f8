import type { MongoDBConfig } from '../config.ts';
import { missing } from './open-mongodb.ts';
import type { RunSource, RunSourceParts } from './run-source.ts';

export function openRunMongoDB(
  _config: MongoDBConfig,
  _fleetID: string | undefined,
  _parts: RunSourceParts,
): Promise<RunSource> {
  return Promise.reject(missing());
}
