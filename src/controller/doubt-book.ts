import type { AttemptWatch } from '../decide/input.ts';
import type { Clock } from '../ports/clock.ts';

interface Doubt {
  since: number;
  lookUps: number;
  lastLookAt: number | undefined;
  lookedAfterWindow: boolean;
}

/**
 * How long each thing in doubt has been looked for, on the monotonic clock of this process alone: a stored wall time
 * proves nothing after a restart or a take-over.
 */
export class DoubtBook {
  readonly #clock: Clock;
  readonly #windowMs: number;
  readonly #doubts = new Map<string, Doubt>();

  constructor(clock: Clock, windowMs: number) {
    this.#clock = clock;
    this.#windowMs = windowMs;
  }

  /** Begins the watch at its first mention; later mentions change nothing. */
  watch(subject: string): AttemptWatch {
    const now = this.#clock.monotonic();
    const doubt = this.#doubts.get(subject) ?? this.#begin(subject, now);
    return {
      elapsedMs: now - doubt.since,
      lookUps: doubt.lookUps,
      sinceLastLookMs: doubt.lastLookAt === undefined ? undefined : now - doubt.lastLookAt,
      lookedAfterWindow: doubt.lookedAfterWindow,
    };
  }

  /** Notes a whole look-up that began at `begunAt` (monotonic ms). */
  lookedUp(subject: string, begunAt: number): void {
    const doubt = this.#doubts.get(subject) ?? this.#begin(subject, begunAt);
    doubt.lookUps += 1;
    doubt.lastLookAt = begunAt;
    if (begunAt - doubt.since >= this.#windowMs) doubt.lookedAfterWindow = true;
  }

  /** The doubt arose, or arose again, now. */
  restart(subject: string): void {
    this.#begin(subject, this.#clock.monotonic());
  }

  forget(subject: string): void {
    this.#doubts.delete(subject);
  }

  #begin(subject: string, since: number): Doubt {
    const doubt = { since, lookUps: 0, lastLookAt: undefined, lookedAfterWindow: false };
    this.#doubts.set(subject, doubt);
    return doubt;
  }
}
