import type { MongoDBConfig } from '../config.ts';
import { PortError } from '../ports/port-error.ts';
import type { SourceEditor, SourceReader } from '../ports/source-reader.ts';

export function openMongoDBReader(_config: MongoDBConfig): Promise<SourceReader> {
  return Promise.reject(missing());
}

export function openMongoDBEditor(_config: MongoDBConfig): Promise<SourceEditor> {
  return Promise.reject(missing());
}

export function missing(): PortError {
  return new PortError({ kind: 'unavailable' }, 'the source on MongoDB is being built');
}
