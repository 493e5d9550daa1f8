import { PortError } from '../../../ports/port-error.ts';

/** Primary result codes of SQLite, https://www.sqlite.org/rescode.html. */
const busy = 5;
const locked = 6;
const corrupt = 11;
const full = 13;
const notadb = 26;

function primaryCode(error: unknown): number | undefined {
  const code: unknown = (error as { errcode?: unknown } | undefined)?.errcode;
  return typeof code === 'number' ? code & 0xff : undefined;
}

export function isBusy(error: unknown): boolean {
  const code = primaryCode(error);
  return code === busy || code === locked;
}

/** `error` of SQLite as a PortError; `doing` says what was tried, such as `write the state`. */
export function storeError(error: unknown, doing: string): PortError {
  if (error instanceof PortError) return error;
  const cause = error instanceof Error ? error.message : String(error);
  const message = `cannot ${doing}: ${cause}`;
  const code = primaryCode(error);
  if (code === full) return new PortError({ kind: 'full' }, message, { cause: error });
  if (code === corrupt || code === notadb) {
    return refusal('StateUnreadable', `${message}; restore it from a backup, or move it away`, error);
  }
  return new PortError({ kind: 'unavailable' }, message, { cause: error });
}

/** A refusal by the store itself, which no repetition mends. */
export function refusal(reason: string, message: string, cause?: unknown): PortError {
  const options = cause === undefined ? undefined : { cause };
  return new PortError({ kind: 'refused', reason, httpStatus: 0 }, message, options);
}
