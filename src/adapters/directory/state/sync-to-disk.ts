import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Makes a file's content, or the names in a directory, outlive a crash of the machine. */
export function syncToDisk(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
