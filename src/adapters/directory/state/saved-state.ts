import { closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { FleetState } from '../../../model/fleet-state.ts';
import { syncToDisk } from '../editing/write-file-atomically.ts';
import { fleetRow } from './fleet-table.ts';
import { requireKnownSchema, schemaVersion } from './migrations.ts';
import { openForReading } from './open-database.ts';
import { refusal, storeError } from './store-error.ts';

/** What a state file holds. */
export interface SavedState {
  readonly fleet: FleetState;
  /** How many there are in it. */
  readonly bots: number;
  readonly schema: number;
}

/**
 * Runs `use` with a state file of this release or an earlier one, which is not changed. Undefined where nothing is stored.
 * Throws `NotAState` for any other file, `StateUnreadable` for a damaged one, `StateNewer` for that of a later release.
 */
export function withSavedState<T>(
  file: string,
  use: (db: DatabaseSync, state: SavedState) => T,
): T | undefined {
  if (!existsSync(file)) return undefined;
  const db = openForReading(file);
  try {
    requireKnownSchema(db, file);
    const state = savedState(db, file);
    return state && use(db, state);
  } catch (error) {
    throw storeError(error, `read ${file}`);
  } finally {
    db.close();
  }
}

/** Throws `StateUnreadable` when any page of it is damaged. */
export function requireSound(db: DatabaseSync, file: string): void {
  const verdict = String(db.prepare('PRAGMA quick_check(1)').get()?.['quick_check']);
  if (verdict !== 'ok') throw refusal('StateUnreadable', `${file} is damaged: ${verdict}`);
}

function savedState(db: DatabaseSync, file: string): SavedState | undefined {
  const tables = db.prepare('SELECT name FROM sqlite_schema').all();
  const names = new Set(tables.map(({ name }) => name));
  const schema = schemaVersion(db);
  if (names.size === 0 && schema === 0) return undefined;
  const row = names.has('fleet') && names.has('resources') ? fleetRow(db) : undefined;
  if (!row) throw refusal('NotAState', `${file} is a database, but holds no state of clawfleet`);
  const { bots } = db.prepare("SELECT count(*) AS bots FROM resources WHERE kind = 'Bot'").get() ?? {};
  return { fleet: row.state, bots: Number(bots), schema };
}

/**
 * Copies a state, as of one moment whoever writes it meanwhile, to a file that its owner alone can read. It is there
 * whole or not at all; a process that dies may leave the temporary file, which the next one takes away.
 */
export function copyState(db: DatabaseSync, target: string, temporary = `${target}.part`): void {
  rmSync(temporary, { force: true });
  closeSync(openSync(temporary, 'wx', 0o600));
  try {
    db.prepare('VACUUM INTO ?').run(temporary);
    syncToDisk(temporary);
    renameSync(temporary, target);
    syncToDisk(dirname(target));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * Copies the state as of one moment to `file`, whether a controller runs on it or not; `file` is whole or as it was
 * before. Throws `FileExists` unless it may be overwritten, and `NoState` where nothing is stored yet.
 */
export function backUpState(stateFile: string, file: string, overwrite: boolean): SavedState {
  const target = resolve(file);
  if (target === resolve(stateFile)) throw refusal('FileExists', `${target} is the state itself`);
  if (existsSync(target) && !overwrite) throw refusal('FileExists', `${target} exists already`);
  const saved = withSavedState(stateFile, (db, state) => {
    try {
      copyState(db, target);
    } catch (error) {
      throw storeError(error, `write ${target}`);
    }
    return state;
  });
  if (saved) return saved;
  throw refusal('NoState', `there is no state in ${stateFile} yet`);
}
