import { type FleetState, newFleetState } from '../../model/fleet-state.ts';
import type { AccountRecord, BotRecord } from '../../model/records.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { AccountStatus } from '../../model/spec/account-spec.ts';
import type { BotStatus } from '../../model/spec/bot-status.ts';
import { PortError } from '../../ports/port-error.ts';
import type { BotEvent, FleetRecord, Source, SourceHealth, SourceListener } from '../../ports/source.ts';
import type { SourceReader } from '../../ports/source-reader.ts';

/** A copy of a source as it is now, in memory: what is written here changes nothing anywhere else. */
export class DryRunSource implements Source {
  readonly kind = 'directory';
  readonly events: BotEvent[] = [];
  readonly #reader: SourceReader;
  readonly #bots: Map<ResourceKey, BotRecord>;
  readonly #accounts: Map<ResourceKey, AccountRecord>;
  #fleet: FleetRecord;
  #listener: SourceListener | undefined;

  /** `fleetID` serves when no controller ever ran, so that there is none yet. */
  constructor(reader: SourceReader, fleetID: string, now: number) {
    this.#reader = reader;
    this.#bots = new Map(reader.bots().map((bot) => [bot.key, bot]));
    this.#accounts = new Map(reader.accounts().map((account) => [account.key, account]));
    const known = reader.fleet();
    const state = known ?? newFleetState(fleetID, '', new Date(now).toISOString());
    this.#fleet = { state, version: '1', boundNow: reader.boundNow(), fresh: known === undefined };
    if (!known) this.#fleet = { ...this.#fleet, state: { ...state, boundTo: this.#fleet.boundNow } };
  }

  async start(listener: SourceListener): Promise<void> {
    this.#listener = listener;
    for (const key of this.#bots.keys()) listener.botChanged(key, false);
  }

  async stop(): Promise<void> {
    this.#listener = undefined;
  }

  health(): SourceHealth {
    return this.#reader.health();
  }

  fleet(): FleetRecord {
    return this.#fleet;
  }

  async saveFleet(state: FleetState): Promise<FleetRecord> {
    this.#fleet = { ...this.#fleet, state };
    return this.#fleet;
  }

  bots(): Iterable<BotRecord> {
    return this.#bots.values();
  }

  bot(key: ResourceKey): BotRecord | undefined {
    return this.#bots.get(key);
  }

  accounts(): Iterable<AccountRecord> {
    return this.#accounts.values();
  }

  account(key: ResourceKey): AccountRecord | undefined {
    return this.#accounts.get(key);
  }

  async addFinalizer(record: BotRecord): Promise<BotRecord> {
    return this.#put({ ...record, hasFinalizer: true });
  }

  async addFinalizerWith(record: BotRecord, status: BotStatus): Promise<BotRecord> {
    return this.#put({ ...record, hasFinalizer: true, status, pristine: false });
  }

  async writeStatus(record: BotRecord, status: BotStatus): Promise<BotRecord> {
    return this.#put({ ...record, status, pristine: false });
  }

  async writeAccountStatus(record: AccountRecord, status: AccountStatus): Promise<AccountRecord> {
    const next = { ...record, status };
    this.#accounts.set(record.key, next);
    return next;
  }

  async removeFinalizer(record: BotRecord): Promise<void> {
    this.#bots.delete(record.key);
    this.#listener?.botChanged(record.key, true);
  }

  async secret(namespace: string, ref: { readonly name: string; readonly key: string }): Promise<string> {
    const value = await this.#reader.secret(namespace, ref);
    if (value !== undefined) return value;
    throw new PortError({ kind: 'absent' }, `there is no key ${ref.key} in Secret ${namespace}/${ref.name}`);
  }

  recordEvent(event: BotEvent): void {
    this.events.push(event);
  }

  #put(record: BotRecord): BotRecord {
    this.#bots.set(record.key, record);
    return record;
  }
}
