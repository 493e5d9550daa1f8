import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Puts `text` in place of the file's content so that everyone sees the old or the new content whole, even
 * after a crash. Mode and owner's links stay: a symbolic link is followed to the file it names.
 */
export function replaceFile(file: string, text: string): void {
  const target = realpathSync(file);
  viaTemporary(target, text, statSync(target).mode & 0o7777, renameSync);
}

/** Makes a new file whole or not at all; throws EEXIST when there is one of that name. */
export function createFile(file: string, text: string): void {
  viaTemporary(file, text, undefined, (temporary) => {
    linkSync(temporary, file);
    rmSync(temporary);
  });
}

/** The temporary name is hidden, so that nobody takes it for a manifest. */
function viaTemporary(
  file: string,
  text: string,
  mode: number | undefined,
  putInPlace: (temporary: string, file: string) => void,
): void {
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}.tmp`);
  try {
    const handle = openSync(temporary, 'w');
    try {
      writeFileSync(handle, text);
      if (mode !== undefined) chmodSync(temporary, mode);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    putInPlace(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncToDisk(dirname(file));
}

/** Makes a file's content, or the names in a directory, outlive a crash of the machine. */
export function syncToDisk(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
