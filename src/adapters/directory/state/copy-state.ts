import { closeSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { syncToDisk } from './sync-to-disk.ts';

/**
 * Copies a state, as of one moment whoever writes it meanwhile, to a file that its owner alone can read. It is there
 * whole or not at all; a process that dies may leave the temporary file, which the next one takes away.
 */
export function copyState(db: DatabaseSync, target: string, temporary = `${target}.part`): void {
  rmSync(temporary, { force: true });
  closeSync(openSync(temporary, 'wx', 0o600));
  try {
    db.prepare('VACUUM INTO ?').run(temporary);
    syncToDisk(temporary);
    renameSync(temporary, target);
    syncToDisk(dirname(target));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
