import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folder of the git work tree that the file lies in; undefined where it lies in none. */
export function workTreeOf(file: string): string | undefined {
  let folder = dirname(realpathSync(file));
  while (!existsSync(join(folder, '.git'))) {
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
  return folder;
}
