/** Shorter pauses are no outage for any bot: no heartbeat timeout is shorter. */
const shortestMs = 30_000;

interface Gap {
  readonly end: number;
  readonly ms: number;
}

/**
 * Stretches of time in which no bot at all was heard. Who is silent after one may merely not have come back yet, so
 * its silence counts from the end of it. Times are monotonic ms.
 */
export class Outages {
  /** Oldest and longest first: a later one that is as long hides the one before. */
  #gaps: Gap[] = [];
  #lastHeard: number;
  #wasHeard = false;

  /** `start`: since when this process can hear. */
  constructor(start: number) {
    this.#lastHeard = start;
  }

  /** When any bot was heard last; undefined: none was. */
  get lastHeard(): number | undefined {
    return this.#wasHeard ? this.#lastHeard : undefined;
  }

  heard(now: number): void {
    const ms = now - this.#lastHeard;
    this.#lastHeard = now;
    this.#wasHeard = true;
    if (ms < shortestMs) return;
    this.#gaps = [...this.#gaps.filter((gap) => gap.ms > ms), { end: now, ms }];
  }

  /** The end of the last outage longer than `timeoutMs`, if there was one. */
  endOf(timeoutMs: number): number | undefined {
    return this.#gaps.findLast((gap) => gap.ms > timeoutMs)?.end;
  }
}
