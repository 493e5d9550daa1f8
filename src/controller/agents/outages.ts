import { isNobodyHeard, outageMs } from '../../decide/agent/silence.ts';

/** A stretch of time in which no bot at all was heard. Times are monotonic ms. */
export interface Outage {
  readonly end: number;
  readonly ms: number;
  /** As `deafMs` at its end. */
  readonly deafMs: number;
}

/**
 * Stretches of time in which no bot at all was heard. A bot that is silent after a long one may merely not be back yet, so
 * its silence counts from the end of the outage. Of a shorter one, such as a paused process, only the time that a beat
 * takes counts as silence. Times are monotonic ms.
 */
export class Outages {
  /** Oldest and longest first: a later one that is as long hides the one before. */
  #outages: Outage[] = [];
  #lastHeard: number;
  #wasHeard = false;
  #deafMs = 0;

  /** `start`: since when this process can hear. */
  constructor(start: number) {
    this.#lastHeard = start;
  }

  /** When any bot was heard last; undefined: none was. */
  get lastHeard(): number | undefined {
    return this.#wasHeard ? this.#lastHeard : undefined;
  }

  /** Returns `deafMs` of this moment, which is the same for every timeout. */
  heard(now: number): number {
    const ms = now - this.#lastHeard;
    this.#lastHeard = now;
    this.#wasHeard = true;
    if (ms > outageMs) {
      this.#deafMs += excess(ms);
      const outage = { end: now, ms, deafMs: this.#deafMs };
      this.#outages = [...this.#outages.filter((earlier) => earlier.ms > ms), outage];
    }
    return this.#deafMs;
  }

  /** The last outage longer than `timeoutMs`, if there was one. */
  last(timeoutMs: number): Outage | undefined {
    return this.#outages.findLast((outage) => outage.ms > timeoutMs);
  }

  /**
   * The total time in which no bot was heard although a live one would have beaten; only its growth means something. Of
   * a stretch that goes on, once it is as long as `timeoutMs`, nothing: that nobody is heard is a verdict then.
   */
  deafMs(now: number, timeoutMs: number): number {
    return this.#deafMs + (this.isNobodyHeard(now, timeoutMs) ? 0 : excess(now - this.#lastHeard));
  }

  /** Nobody was heard for a whole timeout, or since this process can hear. */
  isNobodyHeard(now: number, timeoutMs: number): boolean {
    return isNobodyHeard(now - this.#lastHeard, timeoutMs);
  }

  /** Until nobody was heard for a whole timeout, if nobody is. */
  msToNobodyHeard(now: number, timeoutMs: number): number {
    return this.#lastHeard + timeoutMs - now;
  }
}

function excess(ms: number): number {
  return Math.max(0, ms - outageMs);
}
