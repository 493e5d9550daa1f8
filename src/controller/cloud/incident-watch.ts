import type { Alarm } from '../../decide/input.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';

/** Look-ups that agree for so long are believed. */
const believedAfterMs = 600_000;
/** 404s that a listing contradicts count together within this time. */
const contradictionMs = 60_000;
/** So many droplets may be lost at once without a word: with one, the absence window is proof enough. */
const ordinaryLoss = 1;
const ordinaryShare = 1 / 3;

interface Incident {
  since: number;
  readonly startedAt: string;
  readonly what: string;
  /** It began with 404s that a listing contradicted. */
  readonly isContradiction: boolean;
  readonly ids: Set<number>;
}

/**
 * Notices when a cloud's answers are rather wrong than the droplets gone: a listing that suddenly lacks more than a third of
 * them, or 404s for droplets that a listing shows. Until a listing shows some again, or all look-ups have agreed for ten
 * minutes, nothing of that cloud counts as gone.
 */
export class IncidentWatch {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #contradicted = new Map<number, number>();
  /** Losses that were believed in the end: they are no news. */
  readonly #believed = new Set<number>();
  #incident: Incident | undefined;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  get current(): Alarm | undefined {
    if (!this.#incident) return undefined;
    const { what, startedAt } = this.#incident;
    const message =
      `${what} since ${startedAt}: that is rather the cloud's mistake than theirs. Nothing counts as gone until a ` +
      'listing shows some of them again, or all look-ups have agreed for 10 minutes';
    return { reason: 'CloudIncident', message };
  }

  /** Whether the droplet is among those that seem lost. */
  isAbout(id: number): boolean {
    return this.#incident?.ids.has(id) ?? false;
  }

  /** GET answered 404 for a droplet that the newest listing shows. */
  contradicted(id: number): void {
    const now = this.#clock.monotonic();
    for (const [other, at] of this.#contradicted)
      if (now - at >= contradictionMs) this.#contradicted.delete(other);
    this.#contradicted.set(id, now);
    if (this.#contradicted.size <= ordinaryLoss) return;
    const ids = [...this.#contradicted.keys()];
    this.#begin(`${ids.length} droplets answer 404 that a listing shows`, ids, true);
  }

  /**
   * Takes in a whole listing: which of the droplets on record should be there, and which of those it lacks. True when it ends
   * an incident by showing droplets again.
   */
  listed(expected: readonly number[], lacking: readonly number[]): boolean {
    const missing = lacking.filter((id) => !this.#believed.has(id));
    for (const id of this.#believed) if (!lacking.includes(id)) this.#believed.delete(id);
    if (this.#incident?.isContradiction && [...this.#incident.ids].every((id) => missing.includes(id)))
      this.#end('a listing lacks the droplets that answer 404: they agree');
    if (this.#incident) return this.#reconsider(this.#incident, expected, new Set(missing));
    if (missing.length > ordinaryLoss && missing.length > expected.length * ordinaryShare)
      this.#begin(
        `${missing.length} of ${expected.length} droplets are missing from a listing`,
        missing,
        false,
      );
    return false;
  }

  /** GET has shown a droplet of an incident: the look-ups do not agree. */
  found(id: number): void {
    this.#contradicted.delete(id);
    if (this.#incident?.ids.has(id)) this.#incident.since = this.#clock.monotonic();
  }

  #begin(what: string, ids: readonly number[], isContradiction: boolean): void {
    if (this.#incident) {
      for (const id of ids) this.#incident.ids.add(id);
      return;
    }
    const startedAt = new Date(this.#clock.now()).toISOString();
    const since = this.#clock.monotonic();
    this.#incident = { since, startedAt, what, isContradiction, ids: new Set(ids) };
    this.#log.error({ droplets: ids.slice(0, 20) }, this.current?.message ?? what);
  }

  #reconsider(incident: Incident, expected: readonly number[], missing: ReadonlySet<number>): boolean {
    // What is on record no more, as it was deleted meanwhile, is neither shown nor missed.
    const awaited = expected.filter((id) => incident.ids.has(id));
    const isShown = awaited.some((id) => !missing.has(id));
    const agreed = this.#clock.monotonic() - incident.since >= believedAfterMs;
    if (!isShown && !agreed && awaited.length > 0) {
      for (const id of missing) incident.ids.add(id);
      return false;
    }
    if (!isShown) for (const id of missing) this.#believed.add(id);
    this.#end(isShown ? 'the cloud shows droplets again that seemed lost' : endOf(awaited));
    return isShown;
  }

  #end(reason: string): void {
    const droplets = [...(this.#incident?.ids ?? [])].slice(0, 20);
    this.#incident = undefined;
    this.#contradicted.clear();
    this.#log.warn({ droplets }, `the incident is over: ${reason}`);
  }
}

function endOf(awaited: readonly number[]): string {
  return awaited.length > 0
    ? 'all look-ups have agreed for ten minutes: the droplets are gone'
    : 'none of the droplets is on record any more';
}
