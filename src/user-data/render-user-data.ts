import { type UserDataInput, userDataExports } from './user-data-exports.ts';

/** Bytes of user-data that DigitalOcean accepts: 64 KiB. */
export const userDataLimitBytes = 65_536;

/**
 * The bash script that cloud-init runs once on a new droplet: every value
 * exported, then the bootstrap script.
 *
 * Throws RangeError if the script is longer than the cloud accepts or a value cannot be passed to a shell.
 */
export function renderUserData(input: UserDataInput): string {
  const exports = [...userDataExports(input)].map(([name, value]) => `export ${name}=${shellQuote(value)}\n`);
  const script = `#!/bin/bash\nset -e\n${exports.join('')}\n${input.bootstrapScript}`;
  const bytes = new TextEncoder().encode(script).length;
  if (bytes <= userDataLimitBytes) return script;
  throw new RangeError(
    `user-data for bot ${input.botID} is ${bytes} bytes, ${bytes - userDataLimitBytes} over the limit of ${userDataLimitBytes}: shorten the values in bootstrap`,
  );
}

/**
 * Quotes a value as one shell word: the shell reads back the same value and runs nothing in it.
 *
 * Throws RangeError for a NUL, which no shell variable can hold.
 */
function shellQuote(value: string): string {
  if (value.includes('\0')) throw new RangeError('a value with a NUL byte cannot be passed to a shell');
  return `'${withoutMimeHeader(value.replaceAll("'", String.raw`'\''`))}'`;
}

/**
 * cloud-init mistakes user-data with `mime-version:` in its first 4,096 bytes for a mail message and runs
 * none of it. Closing and opening the quotes inside the word changes the text, not the value.
 */
function withoutMimeHeader(quoted: string): string {
  return quoted.replaceAll(/(mime)(-version:)/gi, "$1''$2");
}
