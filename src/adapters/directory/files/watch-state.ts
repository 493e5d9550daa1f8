import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';

export interface StateWatch {
  /** Whether changes are told; false when the place cannot be watched, or no longer. */
  watching(): boolean;
  stop(): void;
}

/** Calls back when the state file or its write-ahead log changes, by whichever process. */
export function watchState(stateFile: string, changed: () => void): StateWatch {
  const name = basename(stateFile);
  let isWatching = true;
  try {
    const watcher = watch(dirname(stateFile), { persistent: false }, (_event, file) => {
      if (file === name || file === `${name}-wal`) changed();
    });
    watcher.on('error', () => {
      isWatching = false;
      watcher.close();
    });
    return { watching: () => isWatching, stop: () => watcher.close() };
  } catch {
    // The directory of the state may not exist yet: whoever asks polls.
    return { watching: () => false, stop: () => undefined };
  }
}
