import { existsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { openForReading, transaction } from './open-database.ts';
import { refusal } from './store-error.ts';

/** Entry n takes a state file from schema n to n + 1. Entries are never changed once released, only added. */
export const migrations: readonly string[] = [
  `CREATE TABLE fleet (
     id INTEGER PRIMARY KEY CHECK (id = 1),
     version INTEGER NOT NULL,
     state TEXT NOT NULL
   ) STRICT;
   CREATE TABLE resources (
     uid TEXT PRIMARY KEY,
     kind TEXT NOT NULL,
     namespace TEXT NOT NULL,
     name TEXT NOT NULL,
     incarnation INTEGER NOT NULL,
     generation INTEGER NOT NULL,
     version INTEGER NOT NULL,
     created_at TEXT NOT NULL,
     deleted_at TEXT,
     origin TEXT NOT NULL,
     spec TEXT,
     status TEXT,
     UNIQUE (kind, namespace, name)
   ) STRICT;
   CREATE TABLE incarnations (
     kind TEXT NOT NULL,
     namespace TEXT NOT NULL,
     name TEXT NOT NULL,
     next INTEGER NOT NULL,
     PRIMARY KEY (kind, namespace, name)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE events (
     id INTEGER PRIMARY KEY,
     uid TEXT NOT NULL,
     key TEXT NOT NULL,
     type TEXT NOT NULL,
     reason TEXT NOT NULL,
     message TEXT NOT NULL,
     count INTEGER NOT NULL,
     first_at TEXT NOT NULL,
     last_at TEXT NOT NULL
   ) STRICT;
   CREATE INDEX events_by_uid ON events (uid, reason);`,
  `CREATE TABLE files (
     path TEXT PRIMARY KEY,
     sha256 TEXT,
     parser INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE declarations (
     path TEXT NOT NULL,
     place INTEGER NOT NULL,
     kind TEXT NOT NULL,
     namespace TEXT NOT NULL,
     name TEXT NOT NULL,
     origin TEXT NOT NULL,
     spec TEXT,
     PRIMARY KEY (path, place)
   ) STRICT;`,
  `CREATE TABLE root (
     id INTEGER PRIMARY KEY CHECK (id = 1),
     identity TEXT NOT NULL
   ) STRICT;
   ALTER TABLE resources ADD COLUMN wholesale TEXT;`,
];

export function schemaVersion(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
}

/** Brings a state file of any older schema to the present one, all or nothing; refuses a newer one. */
export function migrate(db: DatabaseSync, file: string): void {
  const present = schemaVersion(db);
  if (present > migrations.length) throw newerSchema(file, present);
  if (present === migrations.length) return;
  transaction(db, () => {
    for (const step of migrations.slice(present)) db.exec(step);
    db.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}

/** For those who only look: refuses any schema but the present one. */
export function requirePresentSchema(db: DatabaseSync, file: string): void {
  const present = schemaVersion(db);
  if (present > migrations.length) throw newerSchema(file, present);
  if (present < migrations.length) {
    throw refusal(
      'StateOutdated',
      `${file} has schema ${present}, this clawfleet reads ${migrations.length}: start the controller once, it migrates the file`,
    );
  }
}

/** For those who copy a state: any schema but that of a later release. */
export function requireKnownSchema(db: DatabaseSync, file: string): void {
  const present = schemaVersion(db);
  if (present > migrations.length) throw newerSchema(file, present);
}

function newerSchema(file: string, present: number) {
  return refusal(
    'StateNewer',
    `${file} has schema ${present}, this clawfleet knows up to ${migrations.length}: run the newer clawfleet that wrote it`,
  );
}

/**
 * Opens a state file to look at. Undefined where nothing is stored yet: there is no file, or its controller is
 * about to make its tables or died before it did. Refuses any schema but the present one.
 */
export function openPresentState(file: string): DatabaseSync | undefined {
  if (!existsSync(file)) return undefined;
  const db = openForReading(file);
  try {
    if (schemaVersion(db) > 0) {
      requirePresentSchema(db, file);
      return db;
    }
  } catch (error) {
    db.close();
    throw error;
  }
  db.close();
  return undefined;
}
