import { shellQuote } from './shell-quote.ts';
import { userDataExports } from './user-data-exports.ts';
import type { UserDataInput } from './user-data-input.ts';

/** Bytes of user-data that DigitalOcean accepts: 64 KiB. */
export const userDataLimitBytes = 65_536;

/**
 * The bash script that cloud-init runs once on a new droplet: every value exported, then the bootstrap script.
 *
 * Throws RangeError when the script is longer than the cloud takes or a value cannot be handed to a shell.
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
