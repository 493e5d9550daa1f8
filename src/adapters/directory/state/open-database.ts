import { closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { storeError } from './store-error.ts';

/** How long a statement waits for another process's transaction, in ms; theirs take a few ms at most. */
const busyTimeoutMs = 5000;

export type Synchronous = 'FULL' | 'OFF';

/**
 * Opens a state file for writing; an absent one is made, readable by its owner alone. With FULL a commit is on
 * the disk when it returns; OFF is for tests.
 */
export function openForWriting(file: string, synchronous: Synchronous): DatabaseSync {
  return opening(file, () => {
    if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
    const db = new DatabaseSync(file, { timeout: busyTimeoutMs });
    return configured(db, [
      'PRAGMA journal_mode = WAL',
      `PRAGMA synchronous = ${synchronous}`,
      // The rows live in our own cache: a small page cache (KiB) does.
      'PRAGMA cache_size = -512',
      'PRAGMA journal_size_limit = 8388608',
    ]);
  });
}

/** Opens a state file beside its controller, running or not; never changes it. */
export function openForReading(file: string): DatabaseSync {
  return opening(file, () => {
    const db = new DatabaseSync(file, { readOnly: true, timeout: busyTimeoutMs });
    return configured(db, ['PRAGMA cache_size = -2048']);
  });
}

/** Runs `run` in one transaction: all of it is stored, or nothing. */
export function transaction<T>(db: DatabaseSync, run: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = run();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk makes SQLite roll back by itself.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** Changes whenever another connection has committed; costs microseconds. */
export function dataVersion(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA data_version').get()?.['data_version']);
}

function configured(db: DatabaseSync, pragmas: readonly string[]): DatabaseSync {
  try {
    for (const pragma of pragmas) db.exec(pragma);
    // Opening alone reads nothing: only this tells a database from any other file.
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function opening(file: string, open: () => DatabaseSync): DatabaseSync {
  try {
    return open();
  } catch (error) {
    throw storeError(error, `open the state file ${file}`);
  }
}
