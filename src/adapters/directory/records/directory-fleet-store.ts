import { type FleetState, newFleetID, newFleetState } from '../../../model/fleet-state.ts';
import type { Chance } from '../../../ports/chance.ts';
import type { Clock } from '../../../ports/clock.ts';
import { PortError } from '../../../ports/port-error.ts';
import type { FleetRecord } from '../../../ports/source.ts';
import type { FleetRow } from '../state/fleet-table.ts';
import type { StateStore } from '../state/state-store.ts';
import { refusal } from '../state/store-error.ts';
import { asBound, namesMachine } from './fleet-record.ts';

export interface FleetOptions {
  /** The id a new fleet gets, and that a present one must have; undefined: made by chance, and any. */
  readonly fleetID: string | undefined;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Identity of the source as it is now. */
  readonly identity: () => string;
}

/** Keeps the fleet's own record in step with the store, to which other processes may write it too. */
export class DirectoryFleetStore {
  readonly #store: StateStore;
  readonly #identity: () => string;
  readonly #fresh: boolean;
  #row: FleetRow;
  /** Kept: it takes a look at the file system, and every pass asks for it. */
  #boundNow: string;

  constructor(store: StateStore, options: FleetOptions) {
    const present = store.fleet();
    this.#store = store;
    this.#identity = options.identity;
    this.#fresh = present === undefined;
    this.#row = present ? required(present, options.fleetID) : firstRow(store, options);
    this.#boundNow = this.#asBound();
    this.#bindFully();
  }

  get fleetID(): string {
    return this.#row.state.fleetID;
  }

  record(): FleetRecord {
    const { state, version } = this.#row;
    return { state, version: String(version), boundNow: this.#boundNow, fresh: this.#fresh };
  }

  save(state: FleetState, version: string): Promise<FleetRecord> {
    return this.#store.commits.submit(() => {
      const row = this.#store.updateFleet(state, Number(version));
      if (!row)
        throw new PortError({ kind: 'conflict' }, `the fleet’s record is no longer at version ${version}`);
      return () => {
        this.#row = row;
        return this.record();
      };
    });
  }

  /** Takes in what another process wrote, and where the source is now; true when either is news. */
  refresh(): boolean {
    const row = this.#store.fleetChangedSince(this.#row.version);
    if (row) this.#row = row;
    return this.refreshIdentity() || row !== undefined;
  }

  /** Looks where the source is now; true when it has moved. */
  refreshIdentity(): boolean {
    const before = this.#boundNow;
    this.#boundNow = this.#asBound();
    return this.#boundNow !== before;
  }

  #asBound(): string {
    return asBound(this.#identity(), this.#row.state.boundTo);
  }

  /** What an earlier release bound to its places alone is bound to its machine too. */
  #bindFully(): void {
    const { state, version } = this.#row;
    const boundTo = this.#identity();
    const isOurs = state.boundTo === this.#boundNow;
    if (!isOurs || namesMachine(state.boundTo) || !namesMachine(boundTo)) return;
    const row = this.#store.write(() => this.#store.updateFleet({ ...state, boundTo }, version));
    if (!row) return;
    this.#row = row;
    this.#boundNow = boundTo;
  }
}

function firstRow(store: StateStore, { fleetID, clock, chance, identity }: FleetOptions): FleetRow {
  const createdAt = new Date(clock.now()).toISOString();
  return store.insertFleet(
    newFleetState(fleetID ?? newFleetID(() => chance.random()), identity(), createdAt),
  );
}

function required(present: FleetRow, fleetID: string | undefined): FleetRow {
  const stored = present.state.fleetID;
  if (fleetID === undefined || fleetID === stored) return present;
  throw refusal(
    'FleetMismatch',
    `the state file belongs to fleet ${stored}, not ${fleetID}: leave out the fleet id, or give another state file`,
  );
}
