import { existsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { FleetState } from '../../../model/fleet-state.ts';
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
