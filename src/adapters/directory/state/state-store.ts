import type { DatabaseSync } from 'node:sqlite';
import type { FleetState } from '../../../model/fleet-state.ts';
import type { Clock } from '../../../ports/clock.ts';
import { DatabaseEventLog } from './database-event-log.ts';
import { EventTable } from './event-table.ts';
import { FileTable } from './file-table.ts';
import {
  type FleetRow,
  fleetRow,
  fleetVersion,
  inhabitedRoot,
  insertFleet,
  putInhabitedRoot,
  updateFleet,
} from './fleet-table.ts';
import { GroupCommit, type OutcomeListener } from './group-commit.ts';
import { migrate } from './migrations.ts';
import { dataVersion, openForWriting, type Synchronous, transaction } from './open-database.ts';
import { ResourceTable, resourceRows } from './resource-table.ts';
import { type RunLock, takeRunLock } from './run-lock.ts';
import { storeError } from './store-error.ts';

export interface StoreOptions {
  readonly stateFile: string;
  readonly clock: Clock;
  readonly synchronous: Synchronous;
  readonly onOutcome: OutcomeListener;
}

/** The state file, open for the one controller that may have it. */
export class StateStore {
  readonly resources: ResourceTable;
  readonly files: FileTable;
  readonly commits: GroupCommit;
  readonly events: DatabaseEventLog;
  readonly #db: DatabaseSync;
  readonly #lock: RunLock;
  readonly #onOutcome: OutcomeListener;
  #dataVersion: number;

  private constructor(db: DatabaseSync, lock: RunLock, options: StoreOptions) {
    this.#db = db;
    this.#lock = lock;
    this.#onOutcome = options.onOutcome;
    this.resources = new ResourceTable(db);
    this.files = new FileTable(db);
    this.commits = new GroupCommit(db, options.onOutcome);
    this.events = new DatabaseEventLog(new EventTable(db), this.commits, options.clock);
    this.#dataVersion = dataVersion(db);
  }

  /** Takes the run lock and opens the file, making or migrating it as need be. */
  static open(options: StoreOptions): StateStore {
    const { stateFile, clock, synchronous } = options;
    const lock = takeRunLock(stateFile, new Date(clock.now()).toISOString());
    let db: DatabaseSync | undefined;
    try {
      db = openForWriting(stateFile, synchronous);
      migrate(db, stateFile);
      return new StateStore(db, lock, options);
    } catch (error) {
      db?.close();
      lock.release();
      throw storeError(error, `open the state file ${stateFile}`);
    }
  }

  /** A transaction of its own, at once; storage errors are PortErrors. */
  write<T>(run: () => T): T {
    let result: T;
    try {
      result = transaction(this.#db, run);
    } catch (error) {
      const failure = storeError(error, 'write the state');
      this.#onOutcome(failure);
      throw failure;
    }
    this.#onOutcome(undefined);
    return result;
  }

  rows() {
    return resourceRows(this.#db);
  }

  inhabitedRoot(): string | undefined {
    return inhabitedRoot(this.#db);
  }

  /** Runs inside a transaction. */
  putInhabitedRoot(identity: string): void {
    putInhabitedRoot(this.#db, identity);
  }

  fleet(): FleetRow | undefined {
    return fleetRow(this.#db);
  }

  insertFleet(state: FleetState): FleetRow {
    return this.write(() => insertFleet(this.#db, state));
  }

  /** Runs inside a commit; undefined when the record has another version. */
  updateFleet(state: FleetState, version: number): FleetRow | undefined {
    return updateFleet(this.#db, state, version);
  }

  /** The fleet's record when another process has changed it since `version`. */
  fleetChangedSince(version: number): FleetRow | undefined {
    const present = dataVersion(this.#db);
    if (present === this.#dataVersion) return undefined;
    this.#dataVersion = present;
    return fleetVersion(this.#db) === version ? undefined : this.fleet();
  }

  /** Writes something that changes nothing, to see whether the store takes writes. */
  probe(): Promise<void> {
    return this.commits.submit(() => {
      this.#db.exec('UPDATE fleet SET version = version');
      return () => undefined;
    });
  }

  /** Stores what is waiting and frees the lock. */
  close(): void {
    this.events.flush();
    this.commits.close();
    this.#db.close();
    this.#lock.release();
  }

  /** Ends as a killed process does: nothing more is stored. */
  abandon(): void {
    this.events.close();
    this.commits.abandon();
    this.#db.close();
    this.#lock.release();
  }
}
