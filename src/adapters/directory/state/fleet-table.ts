import type { DatabaseSync } from 'node:sqlite';
import type { FleetState } from '../../../model/fleet-state.ts';

export interface FleetRow {
  readonly version: number;
  readonly state: FleetState;
}

/** The fleet's own record; undefined before a controller first ran on this state file. */
export function fleetRow(db: DatabaseSync): FleetRow | undefined {
  const row = db.prepare('SELECT version, state FROM fleet').get();
  if (!row) return undefined;
  return { version: Number(row['version']), state: JSON.parse(String(row['state'])) as FleetState };
}

export function fleetVersion(db: DatabaseSync): number {
  return Number(db.prepare('SELECT version FROM fleet').get()?.['version'] ?? 0);
}

export function insertFleet(db: DatabaseSync, state: FleetState): FleetRow {
  db.prepare('INSERT INTO fleet (id, version, state) VALUES (1, 1, ?)').run(JSON.stringify(state));
  return { version: 1, state };
}

/** Compare-and-swap; undefined when the record has another version by now. */
export function updateFleet(db: DatabaseSync, state: FleetState, version: number): FleetRow | undefined {
  const update = db.prepare('UPDATE fleet SET state = ?, version = version + 1 WHERE version = ?');
  const { changes } = update.run(JSON.stringify(state), version);
  return changes === 1 ? { version: version + 1, state } : undefined;
}

/** Identity of the directory in which bots were last declared, links followed; undefined before there were any. */
export function inhabitedRoot(db: DatabaseSync): string | undefined {
  const row = db.prepare('SELECT identity FROM root').get();
  return row && String(row['identity']);
}

export function putInhabitedRoot(db: DatabaseSync, identity: string): void {
  db.prepare('INSERT OR REPLACE INTO root (id, identity) VALUES (1, ?)').run(identity);
}
