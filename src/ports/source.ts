import type { FleetState } from '../model/fleet-state.ts';
import type { Problem } from '../model/problem.ts';
import type { AccountRecord, BotRecord } from '../model/records.ts';
import type { ResourceKey } from '../model/resource-key.ts';
import type { AccountStatus } from '../model/spec/account-spec.ts';
import type { BotStatus } from '../model/spec/bot-status.ts';
import type { SecretKeyRef } from '../model/spec/llm-spec.ts';

/** Keys only: whoever is told reads again. Repeats are harmless. */
export interface SourceListener {
  /** `live` is false for what the first listing shows. */
  botChanged(key: ResourceKey, live: boolean): void;
  accountChanged(key: ResourceKey): void;
  fleetChanged(): void;
}

export interface SourceHealth {
  /** Everything that is declared was read: no parse error, no unreadable place. Only then may a sweep delete. */
  readonly whole: boolean;
  /** Problems that belong to no bot, such as a file that does not parse. */
  readonly problems: readonly Problem[];
  /** What lies beside the declarations and was passed over; it takes nothing from `whole`. */
  readonly warnings?: readonly Problem[];
  /** Set while the source is out of reach or takes no writes; then nothing is created. */
  readonly failure?: string;
}

/** One line of the history of a bot, or of an account. Repeats within the source's window are counted, not multiplied. */
export interface BotEvent {
  /** What `key` names; a bot where it is absent. */
  readonly kind?: 'Account';
  readonly key: ResourceKey;
  readonly uid: string;
  readonly type: 'Normal' | 'Warning';
  /** CamelCase, such as `DropletCreated`. */
  readonly reason: string;
  readonly message: string;
}

export interface StoredEvent extends BotEvent {
  readonly count: number;
  readonly firstAt: string;
  readonly lastAt: string;
}

/** The fleet's own record with the version that `saveFleet` compares. */
export interface FleetRecord {
  readonly state: FleetState;
  readonly version: string;
  /** Identity of the source as it is now; differs from `state.boundTo` when state and source do not belong together. */
  readonly boundNow: string;
  /** The record was made in this process: there was no state before. */
  readonly fresh: boolean;
}

/**
 * Where bots are declared and their state is kept. Reads are from a cache that is never older than this
 * process's own writes. Every failure is a PortError: `conflict` when compare-and-swap lost, `full` when the
 * store takes no more, `absent` when the record is gone, `unavailable` otherwise.
 */
export interface Source {
  readonly kind: 'directory' | 'kubernetes' | 'mongodb';

  /**
   * Opens the store, reads everything once, tells `listener`; resolves when the first listing is complete. That the
   * fleet's record can be read is told before the listing begins.
   */
  start(listener: SourceListener): Promise<void>;
  /** No call of the listener and no write after it resolves. */
  stop(): Promise<void>;
  health(): SourceHealth;

  fleet(): FleetRecord;
  saveFleet(state: FleetState, version: string): Promise<FleetRecord>;

  bots(): Iterable<BotRecord>;
  bot(key: ResourceKey): BotRecord | undefined;
  accounts(): Iterable<AccountRecord>;
  account(key: ResourceKey): AccountRecord | undefined;

  /** Stores the finalizer. Resolves to the record as stored. */
  addFinalizer(record: BotRecord): Promise<BotRecord>;
  /**
   * As `hold` and `writeStatus` after it, in one write where the source can: for the first status of a pristine record.
   * Fails with `conflict` when the record has moved on; the status is never stored without the finalizer.
   */
  addFinalizerWith(record: BotRecord, status: BotStatus): Promise<BotRecord>;
  /** Durable when it resolves. Calls made together may share one commit. */
  writeStatus(record: BotRecord, status: BotStatus): Promise<BotRecord>;
  writeAccountStatus(record: AccountRecord, status: AccountStatus): Promise<AccountRecord>;
  /** Lets the record go (removes the finalizer); afterwards `bot(key)` is undefined or a successor with another uid. */
  removeFinalizer(record: BotRecord): Promise<void>;

  /** The value of a key of a Secret in `namespace`. `absent` when there is none. */
  secret(namespace: string, ref: SecretKeyRef): Promise<string>;
  /** Never throws; never floods. */
  recordEvent(event: BotEvent): void;
}
