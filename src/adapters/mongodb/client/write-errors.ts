import { MongoBulkWriteError, MongoServerError, type WriteError } from 'mongodb';
import type { PortError } from '../../../ports/port-error.ts';
import { asPortError } from './mongo-error.ts';

/** What the server would not take of a bulk write whose other writes happened; empty where that is not known of them. */
export function writeErrorsOf(error: unknown): readonly WriteError[] {
  if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError()) return [];
  return [error.writeErrors].flat();
}

/** As asPortError, of one write. */
export function writeFailure({ errmsg, code }: WriteError, doing: string): PortError {
  return asPortError(new MongoServerError({ message: errmsg ?? 'refused', code }), doing);
}
