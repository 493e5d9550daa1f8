import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/**
 * Which source this is: the directory and the state file. Links above them are resolved, they themselves are
 * not: git-sync points the directory's own link to another place at each commit.
 */
export function sourceIdentity(directory: string, stateFile: string): string {
  return `directory:${placeOf(directory)};state:${placeOf(stateFile)}`;
}

function placeOf(path: string): string {
  const whole = resolve(path);
  try {
    return join(realpathSync(dirname(whole)), basename(whole));
  } catch {
    // Not there: the source's health tells it, and nothing is compared with this but the same path again.
    return whole;
  }
}
