import { createHash } from 'node:crypto';
import { appendFileSync, closeSync, openSync } from 'node:fs';
import { isObject } from '../api/json-body.ts';

/** The outcome of one request. */
export interface JournalEntry {
  /** From 1, without gaps. */
  readonly seq: number;
  /** The cloud's time, epoch milliseconds. */
  readonly at: number;
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly query: string;
  /** The route that answered: `GET /v2/droplets/:id`. */
  readonly route: string;
  /** The status that was sent, or that a fault prevented from being sent; undefined if nothing was done. */
  readonly status?: number;
  readonly outcome: 'response' | 'cutBeforeEffect' | 'cutAfterEffect' | 'cutDuringBody' | 'hang';
  /** Droplets that the request created or named. */
  readonly dropletIDs: readonly number[];
  readonly durationMs: number;
  /** The body of a POST, PUT, PATCH or DELETE; `user_data` only as its size and SHA-256. */
  readonly body?: unknown;
}

export interface RouteCount {
  readonly route: string;
  readonly requests: number;
  /** Counts by status; requests whose connection was cut count as `none`. */
  readonly statuses: Readonly<Record<string, number>>;
}

export interface JournalQuery {
  /** Only entries with a higher `seq`. */
  readonly after?: number;
  readonly route?: string;
  readonly method?: string;
}

/** Every request in order: the latest in full, all as counts. */
export class Journal {
  readonly #capacity: number;
  readonly #file: number | undefined;
  readonly #counts = new Map<string, { requests: number; statuses: Record<string, number> }>();
  #entries: JournalEntry[] = [];
  #seq = 0;

  constructor(capacity: number, file: string | undefined) {
    this.#capacity = capacity;
    this.#file = file === undefined ? undefined : openSync(file, 'a', 0o600);
  }

  add(entry: Omit<JournalEntry, 'seq'>): void {
    this.#seq += 1;
    const full = { seq: this.#seq, ...entry };
    this.#entries.push(full);
    if (this.#entries.length >= 2 * this.#capacity) this.#entries = this.#entries.slice(-this.#capacity);
    this.#count(full);
    if (this.#file !== undefined) appendFileSync(this.#file, `${JSON.stringify(full)}\n`);
  }

  /** The latest entries that match, oldest first. */
  entries(query: JournalQuery = {}): readonly JournalEntry[] {
    const kept = this.#entries.slice(-this.#capacity);
    return kept.filter(
      ({ seq, route, method }) =>
        seq > (query.after ?? 0) &&
        (query.route === undefined || query.route === route) &&
        (query.method === undefined || query.method === method),
    );
  }

  counts(): readonly RouteCount[] {
    return [...this.#counts].map(([route, count]) => ({ route, ...count }));
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }

  #count({ route, status }: JournalEntry): void {
    let count = this.#counts.get(route);
    if (count === undefined) {
      count = { requests: 0, statuses: {} };
      this.#counts.set(route, count);
    }
    const key = status === undefined ? 'none' : String(status);
    count.requests += 1;
    count.statuses[key] = (count.statuses[key] ?? 0) + 1;
  }
}

/** A body as the journal keeps it: user-data contains tokens, so only its size and SHA-256 are kept. */
export function journalBody(body: string): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return { unparsed: summary(body) };
  }
  if (!isObject(parsed) || typeof parsed['user_data'] !== 'string') return parsed;
  return { ...parsed, user_data: summary(parsed['user_data']) };
}

function summary(text: string): object {
  return { bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') };
}
