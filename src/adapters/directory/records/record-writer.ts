import type { AccountRecord, BotRecord } from '../../../model/records.ts';
import type { ResourceKey } from '../../../model/resource-key.ts';
import { noStatus } from '../../../model/sharing/declare-record.ts';
import type { SharedValues } from '../../../model/sharing/shared-values.ts';
import type { AccountStatus } from '../../../model/spec/account-spec.ts';
import type { BotStatus } from '../../../model/spec/bot-status.ts';
import { PortError } from '../../../ports/port-error.ts';
import { resourceUID } from '../declaration.ts';
import type { StateStore } from '../state/state-store.ts';
import { writeChange } from './change-writer.ts';
import type { FileRecords, RecordOrigin } from './file-records.ts';

/** Writes what the controller has to say of records: to the store first, then to those in memory. */
export class RecordWriter {
  readonly #store: StateStore;
  readonly #book: FileRecords;
  readonly #shared: SharedValues;

  constructor(store: StateStore, book: FileRecords, shared: SharedValues) {
    this.#store = store;
    this.#book = book;
    this.#shared = shared;
  }

  writeBot(record: BotRecord, status: BotStatus): Promise<BotRecord> {
    return this.#store.commits.submit(() => {
      const text = JSON.stringify(status);
      this.#swapStatus(record, text);
      return () => {
        const present = this.#book.bots.get(record.key) ?? record;
        const next = {
          ...present,
          ...written(present),
          // As it is read: put together step by step, it takes half as much again.
          status: this.#shared.status(JSON.parse(text) as BotStatus, present.uid),
          pristine: false,
        };
        this.#book.bots.set(next.key, next);
        return next;
      };
    });
  }

  writeAccount(record: AccountRecord, status: AccountStatus): Promise<AccountRecord> {
    return this.#store.commits.submit(() => {
      this.#swapStatus(record, JSON.stringify(status));
      return () => {
        const present = this.#book.accounts.get(record.key) ?? record;
        const next = { ...present, ...written(present), status };
        this.#book.accounts.set(next.key, next);
        return next;
      };
    });
  }

  /** Removes the record, and stores the successor that is declared, in one commit. */
  release(record: BotRecord, origin: RecordOrigin): Promise<void> {
    return this.#store.commits.submit(() => {
      const { resources } = this.#store;
      if (!resources.remove(record.uid, Number(record.version))) throw this.#lost(record);
      const successor = this.#book.successor(record.key, origin);
      if (successor) writeChange(resources, successor);
      return () => {
        this.#book.released(record.key);
        if (successor) this.#book.apply(successor);
      };
    });
  }

  /**
   * Gives every bot that has no trace in the cloud the uid it has in another fleet, so that a state that was
   * lost and made anew can take the old fleet's place.
   */
  reidentify(fleetID: string): ResourceKey[] {
    const traceless = [...this.#book.bots.values()].filter(
      ({ status }) => !status.droplet && !status.createAttempt && !status.operation,
    );
    const { resources } = this.#store;
    const renewed = this.#store.write(() =>
      traceless.map((record): BotRecord => {
        const { namespace, name } = record;
        const incarnation = resources.incarnation(record.uid);
        const uid = resourceUID(fleetID, 'Bot', namespace, name, incarnation);
        resources.renew(record.uid, uid);
        return { ...record, uid, ...written(record), status: noStatus, pristine: false };
      }),
    );
    for (const record of renewed) this.#book.bots.set(record.key, record);
    return renewed.map(({ key }) => key);
  }

  #swapStatus(record: BotRecord | AccountRecord, status: string): void {
    const { resources } = this.#store;
    if (!resources.writeStatus(record.uid, Number(record.version), status)) throw this.#lost(record);
  }

  #lost({ key, uid, version }: BotRecord | AccountRecord): PortError {
    return this.#store.resources.exists(uid)
      ? new PortError({ kind: 'conflict' }, `${key} is no longer at version ${version}`)
      : new PortError({ kind: 'absent' }, `${key} (uid ${uid}) is gone`);
  }
}

function written({ version }: BotRecord | AccountRecord): { version: string } {
  return { version: String(Number(version) + 1) };
}
