import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import type { FleetState } from '../../../model/fleet-state.ts';
import { faultOf } from '../../../ports/port-error.ts';
import { syncToDisk } from '../editing/write-file-atomically.ts';
import { fleetRow, updateFleet } from './fleet-table.ts';
import { openForWriting } from './open-database.ts';
import { takeRunLock } from './run-lock.ts';
import { copyState, requireSound, type SavedState, withSavedState } from './saved-state.ts';
import { refusal, storeError } from './store-error.ts';

export interface RestoreOptions {
  readonly stateFile: string;
  /** The copy that is put in its place; it is not changed. */
  readonly from: string;
  /** ISO 8601; names what is kept of the state before. */
  readonly now: string;
}

/** What a restore puts in the place of what. */
export interface Restore {
  readonly saved: SavedState;
  /** What is stored now; undefined where nothing is, or nothing of it can be read. */
  readonly present: SavedState | undefined;
  /** The present file is damaged. */
  readonly damaged: boolean;
}

/** Everything is copied in one step: the state that it goes into is locked meanwhile. */
const allPages = 2 ** 30;

/** Looks whether the copy can be restored here; throws what hinders it. Changes nothing. */
export function planRestore(stateFile: string, from: string): Restore {
  const saved = withSavedState(from, (db, state) => {
    requireSound(db, from);
    return state;
  });
  if (!saved) throw refusal('NoState', `there is no state in ${from}`);
  const { present, damaged } = presentState(stateFile);
  if (present) requireSameFleet(saved.fleet, present.fleet);
  return { saved, present, damaged };
}

/**
 * Puts the copy in place of the state, and returns the name under which that is kept; undefined where there was none.
 * A crash leaves the state as it was before, or restored whole. Throws `StateLocked` while a controller runs on it.
 */
export async function restoreState({ stateFile, from, now }: RestoreOptions): Promise<string | undefined> {
  const lock = takeRunLock(stateFile, now);
  const staged = `${stateFile}.restoring`;
  try {
    const { damaged } = planRestore(stateFile, from);
    withSavedState(from, (db) => copyState(db, staged));
    forgetConfirmations(staged);
    const kept = keep(stateFile, `${stateFile}.before-restore-${now.replaceAll(':', '')}`, damaged);
    if (damaged) replaceFile(staged, stateFile);
    else await replaceContent(staged, stateFile);
    return kept;
  } catch (error) {
    throw storeError(error, `restore ${stateFile}`);
  } finally {
    rmSync(staged, { force: true });
    lock.release();
  }
}

function presentState(stateFile: string): Pick<Restore, 'present' | 'damaged'> {
  try {
    const present = withSavedState(stateFile, (db, state) => {
      requireSound(db, stateFile);
      return state;
    });
    return { present, damaged: false };
  } catch (error) {
    const fault = faultOf(error);
    if (fault?.kind === 'refused' && fault.reason === 'StateUnreadable')
      return { present: undefined, damaged: true };
    throw error;
  }
}

function requireSameFleet(saved: FleetState, present: FleetState): void {
  if (saved.fleetID !== present.fleetID) {
    throw refusal(
      'FleetMismatch',
      `the copy is of fleet ${saved.fleetID}, the state here of fleet ${present.fleetID}: give that fleet's state by --state`,
    );
  }
  const [theirs, ours] = [saved.cloud, present.cloud];
  if (!theirs || !ours || (theirs.apiURL === ours.apiURL && theirs.accountUUID === ours.accountUUID)) return;
  throw refusal(
    'CloudAccountChanged',
    `the copy is of account ${theirs.accountUUID} at ${theirs.apiURL}, the state here of ${ours.accountUUID} at ${ours.apiURL}`,
  );
}

/** What was confirmed when the copy was made was for that time. */
function forgetConfirmations(file: string): void {
  const db = new DatabaseSync(file);
  try {
    const row = fleetRow(db);
    if (!row) return;
    const { released: _, ...state } = row.state;
    updateFleet(db, { ...state, confirmed: { delete: [], recreate: [] } }, row.version);
  } finally {
    db.close();
  }
}

/** A damaged file is kept byte for byte, with what its log still holds. */
function keep(stateFile: string, name: string, damaged: boolean): string | undefined {
  if (!damaged) {
    return withSavedState(stateFile, (db) => {
      copyState(db, name, `${stateFile}.keeping`);
      return name;
    });
  }
  for (const end of ['', '-wal']) {
    if (!existsSync(stateFile + end)) continue;
    copyFileSync(stateFile + end, name + end);
    syncToDisk(name + end);
  }
  return name;
}

/** One transaction of SQLite, which those who have the state open see as a commit. */
async function replaceContent(staged: string, stateFile: string): Promise<void> {
  openForWriting(stateFile, 'FULL').close();
  const db = new DatabaseSync(staged, { readOnly: true });
  try {
    await backup(db, stateFile, { rate: allPages });
  } finally {
    db.close();
  }
}

/** Its log goes first: it must not be taken for that of the new file. */
function replaceFile(staged: string, stateFile: string): void {
  for (const end of ['-wal', '-shm']) rmSync(stateFile + end, { force: true });
  syncToDisk(staged);
  renameSync(staged, stateFile);
  syncToDisk(dirname(stateFile));
}
