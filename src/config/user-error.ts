/** What the process exits with, as `clawfleet --help` lists it. 130 and 143 are left to signals. */
export const exitCodes = {
  ok: 0,
  /** It failed, or what was asked about is not so: a problem found, a wait that timed out. */
  failed: 1,
  /** `plan`: there is something to do. */
  changes: 2,
  /** Wrong usage, as sysexits.h numbers it (EX_USAGE). */
  usage: 64,
} as const;

/** An error that its reader can mend: `message` says what is the matter, `next` what to do about it. */
export class UserError extends Error {
  readonly next: string;
  readonly exitCode: number;

  constructor(message: string, next: string, exitCode: number = exitCodes.failed) {
    super(message);
    this.name = 'UserError';
    this.next = next;
    this.exitCode = exitCode;
  }
}

/** Wrong flags, arguments or environment. */
export function usageError(message: string, next: string): UserError {
  return new UserError(message, next, exitCodes.usage);
}
