import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FieldClaim } from '../../../ports/source-reader.ts';

/** git-sync publishes a commit as a link to a work tree of its own: `.worktrees/HASH`, before version 4 `rev-HASH`. */
const published = /(?:^|\/)(?:\.worktrees\/|rev-)[0-9a-f]{40}(?:[0-9a-f]{24})?(?:\/|$)/;

/** What git-sync has to do with files below `directory`: its next commit replaces them all. */
export function syncedClaims(directory: string): FieldClaim[] {
  if (!published.test(placeOf(directory))) return [];
  return [
    {
      field: directory,
      owner: 'git-sync',
      consequence: 'the next commit that it fetches replaces every file, and the edit is lost',
      instead: 'change it in git, and push',
    },
  ];
}

/** As it is given where it cannot be followed: who reads or writes there says why. */
function placeOf(directory: string): string {
  try {
    return realpathSync(directory);
  } catch {
    return directory;
  }
}

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
