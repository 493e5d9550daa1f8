import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cached } from './server-cache.ts';

/** A folder with programs for several checkouts: packed, with SHA256SUMS, and a program `unpack DIRECTORY`. */
export function sharedFolder(root: string): string | undefined {
  const folder = join(root, '..', 'shared', 'servers');
  return existsSync(join(folder, 'unpack')) ? folder : undefined;
}

/** The programs of a shared folder, unpacked once for each state of its SHA256SUMS. */
export function unpacked(folder: string, cache: string): Promise<string> {
  const sums = createHash('sha256')
    .update(readFileSync(join(folder, 'SHA256SUMS')))
    .digest('hex');
  return cached(cache, `shared-${sums.slice(0, 12)}`, async (directory) => {
    await promisify(execFile)(join(folder, 'unpack'), [directory]);
  });
}
