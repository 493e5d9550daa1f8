import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type LeftOut, noteLeftOut } from './notes/notes.ts';

/** Programs that tests run as they are and no npm package ships: each with the command that brings it on Debian. */
const remedies = {
  curl: 'apt-get install curl',
  shellcheck: 'apt-get install shellcheck',
  'systemd-analyze': 'apt-get install systemd',
} as const;

export type SystemProgram = keyof typeof remedies;

/** Where a program of this machine is; undefined when it is not installed. */
export function findProgram(name: string): string | undefined {
  const directories = (process.env['PATH'] ?? '').split(delimiter);
  return directories.map((directory) => join(directory, name)).find((file) => existsSync(file));
}

/** Path of a program that every machine is taken to have, such as bash and what belongs to coreutils. */
export function systemProgram(name: string): string {
  const file = findProgram(name);
  if (file === undefined) throw new Error(`These tests need ${name}, which is not on the PATH.`);
  return file;
}

/** Option of tests that need the program: skipped with the reason where it is missing; an error with CI=true. */
export function skipWithout(name: SystemProgram): { readonly skip: string | false } {
  return { skip: findProgram(name) === undefined && reasonWithout(name) };
}

/** Why tests are skipped where the program is missing. Throws it with CI=true. */
export function reasonWithout(name: SystemProgram): string {
  return leftOut({ missing: name, remedy: remedies[name] });
}

/** Why tests are skipped, noted for the last line of the run. Throws it with CI=true. */
export function leftOut(lack: LeftOut, env: NodeJS.ProcessEnv = process.env): string {
  noteLeftOut(lack, env);
  const reason = `${lack.missing} is missing; this brings it: ${lack.remedy}`;
  if (env['CI'] === 'true') throw new Error(reason);
  return reason;
}
