import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ResourceKey } from '../../../model/resource-key.ts';
import type { BotEvent, StoredEvent } from '../../../ports/source.ts';

/** Repeats within this time of the last one, in ms, are counted on one row. */
const repeatWindowMs = 600_000;

export interface EventLimits {
  readonly perBot: number;
  readonly total: number;
}

export const eventLimits: EventLimits = { perBot: 50, total: 20_000 };

/** Everything stored, or what is stored of one bot, newest last. */
export function storedEvents(db: DatabaseSync, key?: ResourceKey): StoredEvent[] {
  const where = key === undefined ? '' : 'WHERE key = ?';
  const select = db.prepare(
    `SELECT key, uid, type, reason, message, count, first_at AS firstAt, last_at AS lastAt
       FROM events ${where} ORDER BY id`,
  );
  const rows = key === undefined ? select.all() : select.all(key);
  return rows.map((row) => ({ ...row }) as unknown as StoredEvent);
}

/** The bounded history of the bots; the oldest go first. Ids rise with the time of the last repeat. */
export class EventTable {
  readonly #limits: EventLimits;
  readonly #find: StatementSync;
  readonly #drop: StatementSync;
  readonly #insert: StatementSync;
  readonly #trimBot: StatementSync;
  readonly #trimAll: StatementSync;
  #total: number;

  constructor(db: DatabaseSync, limits: EventLimits = eventLimits) {
    this.#limits = limits;
    this.#find = db.prepare(
      `SELECT id, count, first_at AS firstAt, last_at AS lastAt FROM events
         WHERE uid = ? AND reason = ? AND type = ? AND message = ? ORDER BY id DESC LIMIT 1`,
    );
    this.#drop = db.prepare('DELETE FROM events WHERE id = ?');
    this.#insert = db.prepare(
      `INSERT INTO events (id, uid, key, type, reason, message, count, first_at, last_at)
         VALUES ((SELECT coalesce(max(id), 0) + 1 FROM events), ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#trimBot = db.prepare(
      `DELETE FROM events WHERE uid = ?1 AND id <=
         (SELECT id FROM events WHERE uid = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)`,
    );
    this.#trimAll = db.prepare('DELETE FROM events WHERE id IN (SELECT id FROM events ORDER BY id LIMIT ?)');
    this.#total = Number(db.prepare('SELECT count(*) AS n FROM events').get()?.['n']);
  }

  /** Stores one event; `at` is ISO 8601. */
  add(event: BotEvent, at: string): void {
    const repeated = this.#takeRepeated(event, at);
    const count = (repeated?.count ?? 0) + 1;
    const firstAt = repeated?.firstAt ?? at;
    this.#insert.run(event.uid, event.key, event.type, event.reason, event.message, count, firstAt, at);
    this.#total += 1;
    this.#total -= Number(this.#trimBot.run(event.uid, this.#limits.perBot).changes);
    this.#trim();
  }

  /** The row that `event` repeats, taken out so that it comes back as the newest. */
  #takeRepeated(event: BotEvent, at: string): { count: number; firstAt: string } | undefined {
    const row = this.#find.get(event.uid, event.reason, event.type, event.message);
    if (!row || Date.parse(at) - Date.parse(String(row['lastAt'])) > repeatWindowMs) return undefined;
    this.#drop.run(Number(row['id']));
    this.#total -= 1;
    return { count: Number(row['count']), firstAt: String(row['firstAt']) };
  }

  /** Frees a twentieth at a time, so that a full table is not trimmed at every event. */
  #trim(): void {
    if (this.#total <= this.#limits.total) return;
    const excess = this.#total - Math.floor(this.#limits.total * 0.95);
    this.#total -= Number(this.#trimAll.run(excess).changes);
  }
}
