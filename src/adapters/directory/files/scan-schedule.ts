import type { Cancel, Clock } from '../../../ports/clock.ts';
import { Debounce } from './debounce.ts';

/** After a change of one file: this long without another one, then it is read. In ms. */
const glanceQuietMs = 4;
/** A file written without a pause is read after this long nonetheless. In ms. */
const glanceLongestMs = 20;
/** Files read in one go; then other things get their turn. Some 10 ms of work. */
const glanceMost = 100;
/** After other changes: this long without another one, then everything is looked at. In ms. */
const lookQuietMs = 50;
/** Under changes without a pause everything is looked at after this long nonetheless. In ms. */
const lookLongestMs = 500;

/** A regular look leaves so many times its own work until the next one: thousands of files take 0.3 % of a core. */
const lookRest = 300;

export interface ScanScheduleOptions {
  readonly clock: Clock;
  /** Between regular looks that take next to no time, in ms. */
  readonly everyMs: number;
  /** What the last look took, in ms. */
  readonly lookMs: () => number;
  readonly look: () => void;
  readonly glance: (paths: ReadonlySet<string>) => void;
}

/** Decides when files are read: soon after a change of one, a little later for all, and all regularly. */
export class ScanSchedule {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #lookMs: () => number;
  readonly #look: () => void;
  readonly #glanceSoon: Debounce;
  readonly #lookSoon: Debounce;
  readonly #glance: (paths: ReadonlySet<string>) => void;
  #changed = new Set<string>();
  #rest: Cancel | undefined;
  #regular: Cancel | undefined;

  constructor({ clock, everyMs, lookMs, look, glance }: ScanScheduleOptions) {
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#lookMs = lookMs;
    this.#look = look;
    this.#lookSoon = new Debounce(clock, lookQuietMs, lookLongestMs, look);
    this.#glance = glance;
    this.#glanceSoon = new Debounce(clock, glanceQuietMs, glanceLongestMs, () => this.#glanceAtSome());
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
    this.#regular = this.#clock.schedule(Math.max(this.#everyMs, this.#lookMs() * lookRest), () => {
      this.#look();
      this.start();
    });
  }

  stop(): void {
    this.#regular?.();
    this.#glanceSoon.cancel();
    this.#rest?.();
    this.#lookSoon.cancel();
  }

  #glanceAtSome(): void {
    const paths = [...this.#changed];
    this.#changed = new Set(paths.slice(glanceMost));
    this.#glance(new Set(paths.slice(0, glanceMost)));
    this.#rest?.();
    this.#rest = this.#changed.size > 0 ? this.#clock.schedule(0, () => this.#glanceAtSome()) : undefined;
  }
}
