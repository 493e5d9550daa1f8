import { MongoFailure } from '../../adapters/mongodb/client/mongo-failure.ts';
import type { MongoDBConfig } from '../../config/sources/mongodb.ts';
import type { PortError } from '../../ports/port-error.ts';
import type { SourceOpener } from './source-opener.ts';

export const mongodbOpener: SourceOpener<MongoDBConfig> = {
  kind: 'mongodb',
  openReader: async (config) => (await import('./look-at-mongodb.ts')).openMongoDBReader(config),
  openEditor: async (config) => (await import('./look-at-mongodb.ts')).openMongoDBEditor(config),
  openRun: async (config, { fleetID }, parts) =>
    (await import('./run-mongodb.ts')).openRunMongoDB(config, fleetID, parts),
  homeNamespace: async () => 'default',
  owns: (error): error is PortError => error instanceof MongoFailure,
  nextAfter: nextInDatabase,
};

function nextInDatabase(error: PortError): string | undefined {
  switch (error.fault.kind) {
    case 'unauthorised':
      return 'Check user, password and authSource of the connection string; the role must be readWrite on the database.';
    case 'refused':
      return 'A connection string is mongodb://USER:PASSWORD@HOST/DATABASE; special characters in a password are percent-encoded.';
    case 'unavailable':
    case 'doubtful':
      return 'Is the server up, and is it the right one? `mongosh` with the same connection string asks it.';
    case 'full':
      return 'The database takes no more: its administrator must make room.';
    default:
      return undefined;
  }
}
