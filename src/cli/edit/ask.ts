import { createInterface } from 'node:readline/promises';
import { usageError } from '../../config/user-error.ts';
import type { CliContext } from '../cli-context.ts';

/** Asks on the terminal; without one, --yes is needed. */
export async function askToGoOn({ stdin, stdout }: CliContext): Promise<boolean> {
  if (!stdin.isTTY)
    throw usageError('There is no terminal to ask on.', 'Add --yes to go on, or --dry-run only to look.');
  const terminal = createInterface({ input: stdin, output: stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question('Go on? [y/N] ')).trim());
  } finally {
    terminal.close();
  }
}
