import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ResourceKind } from '../declaration.ts';

/** A row of `resources`: what is remembered of one Bot or Account. JSON as text, times as ISO 8601. */
export interface ResourceRow {
  readonly uid: string;
  readonly kind: ResourceKind;
  readonly namespace: string;
  readonly name: string;
  readonly incarnation: number;
  readonly generation: number;
  readonly version: number;
  readonly createdAt: string;
  readonly deletedAt: string | null;
  /** Why it went with all others, where nobody decided about this one. */
  readonly wholesale: string | null;
  readonly origin: string;
  readonly spec: string | null;
  readonly status: string | null;
}

/** What a change of the declaration changes in a row. */
export type DeclaredPart = Pick<
  ResourceRow,
  'uid' | 'generation' | 'version' | 'deletedAt' | 'wholesale' | 'origin' | 'spec'
>;

const columns = `uid, kind, namespace, name, incarnation, generation, version, created_at AS createdAt,
  deleted_at AS deletedAt, wholesale, origin, spec, status`;

export function* resourceRows(db: DatabaseSync): Generator<ResourceRow> {
  const rows = db.prepare(`SELECT ${columns} FROM resources`).iterate();
  for (const row of rows) yield row as unknown as ResourceRow;
}

/** The version of every row by uid: enough to see which of them have changed. */
export function resourceVersions(db: DatabaseSync): Map<string, number> {
  const rows = db.prepare('SELECT uid, version FROM resources').all();
  return new Map(rows.map((row) => [String(row['uid']), Number(row['version'])]));
}

export function resourceRow(db: DatabaseSync, uid: string): ResourceRow | undefined {
  const row = db.prepare(`SELECT ${columns} FROM resources WHERE uid = ?`).get(uid);
  return row as unknown as ResourceRow | undefined;
}

/** Writes rows of Bots and Accounts, and the counters of re-creations, which outlive them. */
export class ResourceTable {
  readonly #insert: StatementSync;
  readonly #declare: StatementSync;
  readonly #status: StatementSync;
  readonly #exists: StatementSync;
  readonly #remove: StatementSync;
  readonly #count: StatementSync;
  readonly #next: StatementSync;
  readonly #incarnation: StatementSync;
  readonly #renew: StatementSync;

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare(
      `INSERT INTO resources (uid, kind, namespace, name, incarnation, generation, version, created_at,
         deleted_at, wholesale, origin, spec, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#declare = db.prepare(
      `UPDATE resources SET generation = ?, version = ?, deleted_at = ?, wholesale = ?, origin = ?, spec = ?
         WHERE uid = ?`,
    );
    this.#status = db.prepare(
      'UPDATE resources SET status = ?, version = version + 1 WHERE uid = ? AND version = ?',
    );
    this.#exists = db.prepare('SELECT 1 FROM resources WHERE uid = ?');
    this.#remove = db.prepare('DELETE FROM resources WHERE uid = ? AND version = ?');
    this.#count = db.prepare(
      `INSERT INTO incarnations (kind, namespace, name, next)
         SELECT kind, namespace, name, incarnation + 1 FROM resources WHERE uid = ? AND version = ?
         ON CONFLICT DO UPDATE SET next = excluded.next`,
    );
    this.#next = db.prepare('SELECT next FROM incarnations WHERE kind = ? AND namespace = ? AND name = ?');
    this.#incarnation = db.prepare('SELECT incarnation FROM resources WHERE uid = ?');
    this.#renew = db.prepare(
      `UPDATE resources SET uid = ?, status = '{}', version = version + 1 WHERE uid = ?`,
    );
  }

  insert(row: ResourceRow): void {
    this.#insert.run(
      row.uid,
      row.kind,
      row.namespace,
      row.name,
      row.incarnation,
      row.generation,
      row.version,
      row.createdAt,
      row.deletedAt,
      row.wholesale,
      row.origin,
      row.spec,
      row.status,
    );
  }

  declare(part: DeclaredPart): void {
    const { uid, generation, version, deletedAt, wholesale, origin, spec } = part;
    this.#declare.run(generation, version, deletedAt, wholesale, origin, spec, uid);
  }

  /** Compare-and-swap; false when the row has another version or is gone. */
  writeStatus(uid: string, version: number, status: string): boolean {
    return this.#status.run(status, uid, version).changes === 1;
  }

  exists(uid: string): boolean {
    return this.#exists.get(uid) !== undefined;
  }

  /** Removes the row of that version and counts its incarnation; false when there is none. */
  remove(uid: string, version: number): boolean {
    this.#count.run(uid, version);
    return this.#remove.run(uid, version).changes === 1;
  }

  incarnation(uid: string): number {
    return Number(this.#incarnation.get(uid)?.['incarnation'] ?? 0);
  }

  /** Gives a row another uid and empties its status; an empty one tells that the row is not new. */
  renew(uid: string, newUID: string): void {
    this.#renew.run(newUID, uid);
  }

  /** The number of the next incarnation under that name, from 0. */
  nextIncarnation(kind: ResourceKind, namespace: string, name: string): number {
    return Number(this.#next.get(kind, namespace, name)?.['next'] ?? 0);
  }
}
