import type { FleetState } from '../model/fleet-state.ts';
import type { Problem } from '../model/problem.ts';
import type { AccountRecord, BotRecord } from '../model/records.ts';
import type { ResourceKey } from '../model/resource-key.ts';
import type { AccountStatus } from '../model/spec/account-spec.ts';
import type { BotStatus } from '../model/spec/bot-status.ts';
import type { SecretKeyRef } from '../model/spec/llm-spec.ts';

/** Receives keys only: the listener reads the record again. Repeats are harmless. */
export interface SourceListener {
  /** `live` is false for records of the first listing. */
  botChanged(key: ResourceKey, live: boolean): void;
  accountChanged(key: ResourceKey): void;
  fleetChanged(): void;
}

export interface SourceHealth {
  /** Every declaration was read: no parse error, no unreadable place. Only then may a sweep delete. */
  readonly whole: boolean;
  /** Problems that belong to no bot, such as a file that does not parse. */
  readonly problems: readonly Problem[];
  /** What was found beside the declarations and ignored; it does not affect `whole`. */
  readonly warnings?: readonly Problem[];
  /** Set while the source is unreachable or takes no writes; then nothing is created. */
  readonly failure?: string;
}

/**
 * One line of the history of a bot, or of an account. Repeats within the source's
 * window are counted, not multiplied.
 */
export interface BotEvent {
  /** The kind that `key` names; a bot if absent. */
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
  /**
   * Present identity of the source; differs from `state.boundTo` if state and source do not belong together.
   */
  readonly boundNow: string;
  /** The record was created by this process: there was no state before. */
  readonly fresh: boolean;
}

/**
 * Where bots are declared and their state is kept. Reads come from a cache that is never older than this
 * process's own writes. Every failure is a PortError: `conflict` if compare-and-swap lost, `full` if the
 * store takes no more, `absent` if the record is gone, `unavailable` otherwise.
 */
export interface Source {
  readonly kind: 'directory' | 'kubernetes' | 'mongodb';

  /**
   * Opens the store, reads everything once and notifies `listener`; resolves when the first listing is
   * complete. `fleetChanged` is called before the listing begins, once the fleet's record can be read.
   */
  start(listener: SourceListener): Promise<void>;
  /** After it resolves the listener is not called and nothing is written. */
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
   * `addFinalizer` and then `writeStatus`, in one write if the source can: for the first
   * status of a pristine record. Fails with `conflict` if the record has moved on; the status
   * is never stored without the finalizer.
   */
  addFinalizerWith(record: BotRecord, status: BotStatus): Promise<BotRecord>;
  /** Durable when it resolves. Concurrent calls may share one commit. */
  writeStatus(record: BotRecord, status: BotStatus): Promise<BotRecord>;
  writeAccountStatus(record: AccountRecord, status: AccountStatus): Promise<AccountRecord>;
  /** Lets the record be deleted; afterwards `bot(key)` is undefined or a successor with another uid. */
  removeFinalizer(record: BotRecord): Promise<void>;

  /** The value of a key of a Secret in `namespace`. Throws `absent` if there is none. */
  secret(namespace: string, ref: SecretKeyRef): Promise<string>;
  /** Never throws, and never floods the store. */
  recordEvent(event: BotEvent): void;
}
