import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { usageError } from '../../config/user-error.ts';
import type { CliContext } from '../cli-context.ts';

/** A secret from stdin: never from the arguments, which all users of a machine can see. One line break at its end is none of it. */
export async function readSecret(prompt: string, { stdin, stderr }: CliContext): Promise<string> {
  const value = stdin.isTTY ? await typed(prompt, stdin, stderr) : (await text(stdin)).replace(/\r?\n$/, '');
  if (value !== '') return value;
  throw usageError(
    'There is nothing on stdin to encrypt.',
    'For example: clawfleet encrypt --account acme < key.txt',
  );
}

/** Nothing that is typed shows. */
async function typed(prompt: string, stdin: NodeJS.ReadStream, stderr: NodeJS.WriteStream): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: stdin, output: nowhere, terminal: true });
  stderr.write(prompt);
  try {
    return await terminal.question('');
  } finally {
    terminal.close();
    stderr.write('\n');
  }
}
