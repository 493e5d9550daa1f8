import type { EventDraft } from './event-recorder-options.ts';

/** So long without an occurrence ends a series: the next one is an event of its own. */
const endsAfterMs = 360_000;
/** Series that are remembered; one that is forgotten begins afresh. */
const mostSeries = 4_096;

/** Occurrences of one event. */
export interface Series {
  readonly draft: EventDraft;
  /** Of the Event that stands for them; undefined until it is to be created. */
  name: string | undefined;
  count: number;
  /** Of the last occurrence: epoch ms, and on the monotonic clock. */
  lastAt: number;
  lastSeen: number;
  /** Something of it is still to be written. */
  pending: boolean;
  /** It has been written, up to this count. */
  written: number;
  /** Not before this time on the monotonic clock is it written again. */
  notBefore: number;
}

/** The series of late, by what makes occurrences the same event. */
export class EventSeries {
  readonly #series = new Map<string, Series>();

  /** Counts an occurrence; `at`: epoch ms, `seen`: monotonic. */
  count(draft: EventDraft, at: number, seen: number): Series {
    const key = keyOf(draft);
    const known = this.#series.get(key);
    const series = known && (known.pending || seen - known.lastSeen < endsAfterMs) ? known : begun(draft);
    series.count += 1;
    series.lastAt = at;
    series.lastSeen = seen;
    this.#series.delete(key);
    this.#series.set(key, series);
    this.#forgetOldest();
    return series;
  }

  /** Its next occurrence is an event of its own. */
  forget(draft: EventDraft): void {
    this.#series.delete(keyOf(draft));
  }

  #forgetOldest(): void {
    const [oldest] = this.#series.keys();
    if (this.#series.size > mostSeries && oldest !== undefined) this.#series.delete(oldest);
  }
}

function keyOf({ regarding, type, reason, action }: EventDraft): string {
  const { apiVersion, kind, namespace, name, uid } = regarding;
  return JSON.stringify([type, action, reason, apiVersion, kind, namespace, name, uid]);
}

function begun(draft: EventDraft): Series {
  return {
    draft,
    name: undefined,
    count: 0,
    lastAt: 0,
    lastSeen: 0,
    pending: false,
    written: 0,
    notBefore: 0,
  };
}
