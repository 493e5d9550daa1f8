import type { Cancel, Clock } from '../../ports/clock.ts';

/** After a change of one file: this long without another one, then it is read. In ms. */
const GLANCE_QUIET_MS = 4;
/** A file written without a pause is read after this long nonetheless. In ms. */
const GLANCE_LONGEST_MS = 20;
/** After other changes: this long without another one, then everything is looked at. In ms. */
const LOOK_QUIET_MS = 50;
/** Under changes without a pause everything is looked at after this long nonetheless. In ms. */
const LOOK_LONGEST_MS = 500;

/** Runs `run` once things have been quiet for a while, or have not been for too long. */
class Debounce {
  readonly #clock: Clock;
  readonly #quietMs: number;
  readonly #longestMs: number;
  readonly #run: () => void;
  #cancel: Cancel | undefined;
  #since = 0;

  constructor(clock: Clock, quietMs: number, longestMs: number, run: () => void) {
    this.#clock = clock;
    this.#quietMs = quietMs;
    this.#longestMs = longestMs;
    this.#run = run;
  }

  call(): void {
    const now = this.#clock.monotonic();
    if (this.#cancel) this.#cancel();
    else this.#since = now;
    const left = this.#since + this.#longestMs - now;
    this.#cancel = this.#clock.schedule(Math.max(0, Math.min(this.#quietMs, left)), () => {
      this.#cancel = undefined;
      this.#run();
    });
  }

  cancel(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}

/** Decides when files are read: soon after a change of one, a little later for all, and all regularly. */
export class LookSchedule {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #look: () => void;
  readonly #glanceSoon: Debounce;
  readonly #lookSoon: Debounce;
  #changed = new Set<string>();
  #regular: Cancel | undefined;

  constructor(clock: Clock, everyMs: number, look: () => void, glance: (paths: ReadonlySet<string>) => void) {
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#look = look;
    this.#lookSoon = new Debounce(clock, LOOK_QUIET_MS, LOOK_LONGEST_MS, look);
    this.#glanceSoon = new Debounce(clock, GLANCE_QUIET_MS, GLANCE_LONGEST_MS, () => {
      const paths = this.#changed;
      this.#changed = new Set();
      glance(paths);
    });
  }

  fileChanged(path: string): void {
    this.#changed.add(path);
    this.#glanceSoon.call();
  }

  lookSoon(): void {
    this.#lookSoon.call();
  }

  /** Starts the regular looks. */
  start(): void {
    this.#regular = this.#clock.schedule(this.#everyMs, () => {
      this.#look();
      this.start();
    });
  }

  stop(): void {
    this.#regular?.();
    this.#glanceSoon.cancel();
    this.#lookSoon.cancel();
  }
}
