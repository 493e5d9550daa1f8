import type { Cancel, Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { DirectoryWatcher } from './directory-watcher.ts';
import { LookSchedule } from './look-schedule.ts';

/** How often another process's writes to the fleet's record are looked for, in ms. */
const FLEET_POLL_MS = 1000;

export interface FeedOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Between regular looks, in ms. */
  readonly rescanMs: number;
  /** Names that begin so are the state's own files, should they lie in the directory. */
  readonly statePrefix: string;
  readonly look: () => void;
  readonly glance: (paths: ReadonlySet<string>) => void;
  readonly pollFleet: () => void;
}

/** Says when to read what: by file-system events, and regularly because those may be missing. */
export class ChangeFeed {
  readonly #options: FeedOptions;
  readonly #schedule: LookSchedule;
  readonly #watcher: DirectoryWatcher;
  readonly #unwatched = new Set<string>();
  #cancelPoll: Cancel | undefined;

  constructor(options: FeedOptions) {
    const { directory, clock, rescanMs, statePrefix, look, glance } = options;
    this.#options = options;
    const schedule = new LookSchedule(clock, rescanMs, look, glance);
    this.#schedule = schedule;
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
    this.#cancelPoll?.();
  }

  #poll(): void {
    this.#cancelPoll = this.#options.clock.schedule(FLEET_POLL_MS, () => {
      this.#poll();
      this.#options.pollFleet();
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
