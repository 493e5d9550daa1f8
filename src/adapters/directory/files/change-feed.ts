import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Cancel, Clock } from '../../../ports/clock.ts';
import type { Log } from '../../../ports/log.ts';
import { Debounce } from './debounce.ts';
import { DirectoryWatcher } from './directory-watcher.ts';
import { ScanSchedule } from './scan-schedule.ts';

/** How often another process's writes to the state are looked for where it is watched, and where it cannot be, in ms. */
const statePollMs = { watched: 10_000, unwatched: 1_000 };
/** After a write to the state: this long without another one, or in spite of others, then it is looked at. In ms. */
const stateQuietMs = 20;
const stateLongestMs = 200;

export interface FeedOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Between regular looks, in ms. */
  readonly rescanMs: number;
  /** What the last look took, in ms: the more, the further apart are the regular ones. */
  readonly lookMs: () => number;
  /** Its files may lie in the directory; they declare nothing. */
  readonly stateFile: string;
  readonly look: () => void;
  readonly glance: (paths: ReadonlySet<string>) => void;
  readonly stateChanged: () => void;
}

/** Says when to read what: by file-system events, and regularly because those may be missing. */
export class ChangeFeed {
  readonly #options: FeedOptions;
  readonly #schedule: ScanSchedule;
  readonly #watcher: DirectoryWatcher;
  readonly #unwatched = new Set<string>();
  readonly #state: StateWatch;
  readonly #stateSoon: Debounce;
  #cancelPoll: Cancel | undefined;

  constructor(options: FeedOptions) {
    const { directory, stateFile, clock, rescanMs, stateChanged } = options;
    this.#options = options;
    const schedule = new ScanSchedule({ ...options, everyMs: rescanMs });
    this.#schedule = schedule;
    this.#stateSoon = new Debounce(clock, stateQuietMs, stateLongestMs, stateChanged);
    this.#state = watchState(stateFile, () => this.#stateSoon.call());
    const statePrefix = basename(stateFile);
    this.#watcher = new DirectoryWatcher(directory, {
      ignores: (name) => name.startsWith(statePrefix),
      file: (path) => schedule.fileChanged(path),
      tree: () => schedule.lookSoon(),
      failed: (place, error) => this.#tellUnwatched(place, error),
    });
    schedule.start();
    this.#poll();
  }

  /** Watches exactly these directories from now on. What changed before they were watched is looked for. */
  watch(directories: readonly string[]): void {
    if (this.#watcher.update(directories)) this.#schedule.lookSoon();
  }

  lookSoon(): void {
    this.#schedule.lookSoon();
  }

  stop(): void {
    this.#watcher.close();
    this.#schedule.stop();
    this.#state.stop();
    this.#stateSoon.cancel();
    this.#cancelPoll?.();
  }

  #poll(): void {
    const everyMs = this.#state.watching() ? statePollMs.watched : statePollMs.unwatched;
    this.#cancelPoll = this.#options.clock.schedule(everyMs, () => {
      this.#poll();
      this.#options.stateChanged();
    });
  }

  #tellUnwatched(place: string, error: unknown): void {
    if (this.#unwatched.has(place)) return;
    this.#unwatched.add(place);
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.log.warn(
      { place, reason },
      'Cannot watch a directory: changes there are found more slowly',
    );
  }
}

interface StateWatch {
  /** Whether changes are told; false when the place cannot be watched, or no longer. */
  watching(): boolean;
  stop(): void;
}

/** Calls back when the state file or its write-ahead log changes, by whichever process. */
function watchState(stateFile: string, changed: () => void): StateWatch {
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
