import {
  BSON,
  MongoBulkWriteError,
  MongoServerError,
  MongoWriteConcernError,
  type WriteError,
} from 'mongodb';
import { withoutCredentials } from '../../../kit/without-credentials.ts';
import { type Fault, PortError } from '../../../ports/port-error.ts';
import { MongoFailure } from './mongo-failure.ts';

/** DuplicateKey in its three numbers, WriteConflict. */
const conflicts = new Set([11_000, 11_001, 12_582, 112]);
/** Unauthorized, AuthenticationFailed, Atlas's own (which also tells of its quota so). */
const denials = new Set([13, 18, 8_000]);
/** Answers that the same call would get again: the server knows no such command, option or value. */
const refusals = new Set([2, 9, 14, 20, 40, 59, 66, 72, 73, 121, 166, 238, 10_334, 17_419, 40_324, 40_573]);
const outOfDiskSpace = 14_031;
const namespaceNotFound = 26;
const fullWords = /space quota|no space left|disk is full|disk full/i;

/**
 * A failure of the driver as the ports know it; `doing` says what was tried, such as `reading the fleet's record`. A
 * PortError stays as it is. No message holds a credential of the connection string.
 *
 * | fault | when |
 * |---|---|
 * | conflict | a key is taken, or another write came between |
 * | unauthorised | wrong or missing credentials, or a role that lacks the right |
 * | full | no disk or quota left |
 * | absent | no such collection or database |
 * | refused | a command, option or value that the server does not take; a connection string that is none |
 * | unavailable | everything else: no primary, network, deadline. A write may have happened: read again |
 */
export function asPortError(error: unknown, doing: string): PortError {
  if (error instanceof PortError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const shown = withoutCredentials(text);
  // A cause is shown in logs, too.
  const options = shown === text ? { cause: error } : {};
  return new MongoFailure(faultOf(error, text), `MongoDB: ${doing}: ${shown}`, options);
}

function faultOf(error: unknown, text: string): Fault {
  if (fullWords.test(text)) return { kind: 'full' };
  if (error instanceof MongoWriteConcernError) return { kind: 'unavailable' };
  if (error instanceof MongoServerError) return serverFault(error);
  return isMisuse(error) ? refusal(error.name) : { kind: 'unavailable' };
}

function serverFault({ code, codeName }: MongoServerError): Fault {
  const number = Number(code);
  if (conflicts.has(number)) return { kind: 'conflict' };
  if (denials.has(number)) return { kind: 'unauthorised' };
  if (number === outOfDiskSpace) return { kind: 'full' };
  if (number === namespaceNotFound) return { kind: 'absent' };
  return refusals.has(number) ? refusal(codeName ?? String(code)) : { kind: 'unavailable' };
}

const misuses = new Set([
  'MongoParseError',
  'MongoInvalidArgumentError',
  'MongoCompatibilityError',
  'MongoMissingCredentialsError',
  'MongoMissingDependencyError',
]);

/** The driver itself would not take it, so that nothing was sent. */
function isMisuse(error: unknown): error is Error {
  return error instanceof BSON.BSONError || (error instanceof Error && misuses.has(error.name));
}

function refusal(reason: string): Fault {
  return { kind: 'refused', reason, httpStatus: 400 };
}

/** What the server would not take of a bulk write whose other writes happened; empty where that is not known of them. */
export function writeErrorsOf(error: unknown): readonly WriteError[] {
  if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError()) return [];
  return [error.writeErrors].flat();
}

/** As asPortError, of one write. */
export function writeFailure({ errmsg, code }: WriteError, doing: string): PortError {
  return asPortError(new MongoServerError({ message: errmsg ?? 'refused', code }), doing);
}
