import { resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { byKey } from '../../kit/by-key.ts';
import type { FleetState } from '../../model/fleet-state.ts';
import type { AccountRecord, BotRecord } from '../../model/records.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { SecretKeyRef } from '../../model/spec/llm-spec.ts';
import type { Clock } from '../../ports/clock.ts';
import { silentLog } from '../../ports/log.ts';
import type { SourceHealth, StoredEvent } from '../../ports/source.ts';
import type { SourceReader } from '../../ports/source-reader.ts';
import { ChangeFeed } from './files/change-feed.ts';
import { ReaderView } from './reader-view.ts';
import { asBound, sourceIdentity } from './records/fleet-record.ts';
import { storedEvents } from './state/event-table.ts';
import { fleetRow } from './state/fleet-table.ts';
import { openPresentState } from './state/migrations.ts';
import { dataVersion } from './state/open-database.ts';
import { storeError } from './state/store-error.ts';

export interface ReaderOptions {
  readonly directory: string;
  /** May be absent: then nothing is stored yet, and uids are placeholders. */
  readonly stateFile: string;
  /** As the controller's. */
  readonly machine?: string | undefined;
  readonly clock: Clock;
}

/** Regular looks while watching, should file-system events be missing, in ms. */
const defaultRescanMs = 5000;

/** Looks at a directory and its state from outside the controller, running or not; changes nothing. */
export function openDirectoryReader(options: ReaderOptions): SourceReader {
  return new DirectoryReader(options);
}

class DirectoryReader implements SourceReader {
  readonly #directory: string;
  readonly #stateFile: string;
  readonly #machine: string | undefined;
  readonly #clock: Clock;
  readonly #view: ReaderView;
  readonly #feeds = new Set<ChangeFeed>();
  #db: DatabaseSync | undefined;
  /** What was read in this turn of the event loop still holds. */
  #fresh = false;

  constructor({ directory, stateFile, machine, clock }: ReaderOptions) {
    this.#directory = resolve(directory);
    this.#stateFile = resolve(stateFile);
    this.#machine = machine;
    this.#clock = clock;
    this.#openState();
    this.#view = new ReaderView(this.#directory, this.#db);
  }

  bots(): readonly BotRecord[] {
    return [...this.#refreshed().book.bots.values()].sort(byKey);
  }

  accounts(): readonly AccountRecord[] {
    return [...this.#refreshed().book.accounts.values()].sort(byKey);
  }

  async events(key?: ResourceKey): Promise<readonly StoredEvent[]> {
    return this.#reading((db) => storedEvents(db, key)) ?? [];
  }

  fleet(): FleetState | undefined {
    return this.#reading((db) => fleetRow(db)?.state);
  }

  health(): SourceHealth {
    return this.#refreshed().health();
  }

  boundNow(): string {
    const places = { directory: this.#directory, stateFile: this.#stateFile, machine: this.#machine };
    return asBound(sourceIdentity(places), this.fleet()?.boundTo);
  }

  async secret(namespace: string, ref: SecretKeyRef): Promise<string | undefined> {
    return this.#refreshed().secret(namespace, ref);
  }

  watch(onChange: () => void): () => void {
    let seen = this.#dataVersion();
    const checkState = () => {
      const present = this.#dataVersion();
      if (present === seen) return;
      seen = present;
      onChange();
    };
    const feed = new ChangeFeed({
      directory: this.#directory,
      clock: this.#clock,
      log: silentLog,
      rescanMs: defaultRescanMs,
      lookMs: () => 0,
      stateFile: this.#stateFile,
      look: onChange,
      glance: onChange,
      stateChanged: checkState,
    });
    this.#feeds.add(feed);
    feed.watch(this.#refreshed().directories);
    return () => {
      this.#feeds.delete(feed);
      feed.stop();
    };
  }

  close(): void {
    for (const feed of this.#feeds) feed.stop();
    this.#feeds.clear();
    this.#db?.close();
    this.#db = undefined;
  }

  #refreshed(): ReaderView {
    if (this.#fresh) return this.#view;
    this.#openState();
    const now = new Date(this.#clock.now()).toISOString();
    try {
      this.#view.refresh(this.#db, now);
    } catch (error) {
      throw storeError(error, `read ${this.#stateFile}`);
    }
    for (const feed of this.#feeds) feed.watch(this.#view.directories);
    this.#fresh = true;
    setImmediate(() => {
      this.#fresh = false;
    });
    return this.#view;
  }

  #reading<T>(read: (db: DatabaseSync) => T): T | undefined {
    this.#openState();
    try {
      return this.#db && read(this.#db);
    } catch (error) {
      throw storeError(error, `read ${this.#stateFile}`);
    }
  }

  #dataVersion(): number | undefined {
    return this.#reading(dataVersion);
  }

  #openState(): void {
    this.#db ??= openPresentState(this.#stateFile);
  }
}
