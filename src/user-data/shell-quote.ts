/**
 * A value as one word of a shell: read back, it is the same value, and nothing in it runs.
 *
 * Throws RangeError for a NUL, which no shell variable can hold.
 */
export function shellQuote(value: string): string {
  if (value.includes('\0')) throw new RangeError('a value with a NUL byte cannot be passed to a shell');
  return `'${withoutMimeHeader(value.replaceAll("'", String.raw`'\''`))}'`;
}

/**
 * cloud-init takes user-data with `mime-version:` in its first 4,096 bytes for a mail message and then runs none of it.
 * Closing and opening the quotes inside the word changes the text, not the value.
 */
function withoutMimeHeader(quoted: string): string {
  return quoted.replaceAll(/(mime)(-version:)/gi, "$1''$2");
}
