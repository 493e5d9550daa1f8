import type { Document } from 'mongodb';
import { StoreHealth } from '../../../kit/store-health.ts';
import type { AccountRecord, BotRecord } from '../../../model/records.ts';
import { SharedValues } from '../../../model/sharing/shared-values.ts';
import type { AccountStatus } from '../../../model/spec/account-spec.ts';
import type { BotStatus } from '../../../model/spec/bot-status.ts';
import type { Cancel } from '../../../ports/clock.ts';
import type { SourceHealth, SourceListener } from '../../../ports/source.ts';
import { asPortError } from '../client/mongo-error.ts';
import { FollowedKind } from './feed/followed-kind.ts';
import type { CollectionMark } from './feed/known-collection.ts';
import { Ledger } from './ledger/ledger.ts';
import { type LedgerDocument, partsOfLedgerID } from './ledger/ledger-document.ts';
import { nextAccount, nextBot } from './ledger/next-record.ts';
import { accountOf, botOf } from './ledger/stored-record.ts';
import { majorityCollection } from './majority-collection.ts';
import { type EventDocument, MongoEventLog } from './mongo-event-log.ts';
import { type FleetDocument, MongoFleetStore } from './mongo-fleet-store.ts';
import type { MongoDBOptions } from './mongodb-options.ts';
import { ensureIdentity, type IdentityDocument, replicaSetID, restoreIdentity } from './source-identity.ts';

/** How long after a failed write the ledger is tried again. */
const storeProbeMs = 500;
/** How often another process's writes to the fleet's record are looked for, in ms. */
const fleetPollMs = 1_000;
/** How often it is looked whether the ledger has all that it acknowledged, in ms. */
const verifyMs = 300_000;

/** A MongoDB source from its start to its end. */
export class LiveMongoDB {
  readonly fleet: MongoFleetStore;
  readonly bots: FollowedKind<BotRecord>;
  readonly accounts: FollowedKind<AccountRecord>;
  readonly events: MongoEventLog;
  readonly #options: MongoDBOptions;
  readonly #listener: SourceListener;
  readonly #ledger: Ledger;
  readonly #health: StoreHealth;
  #fleetFailure: string | undefined;
  #areFeedsFailing = false;
  #cancelPoll: Cancel | undefined;
  #polling: Promise<void> | undefined;
  #verifiedAt = 0;
  /** The first listing is told; changes are told as they come. */
  #live = false;
  #ended = false;

  /** Learns which database this is and which fleet; no document is read yet. */
  static async open(options: MongoDBOptions, listener: SourceListener): Promise<LiveMongoDB> {
    const { db, collections, chance, clock } = options;
    const identities = majorityCollection<IdentityDocument>(db, collections.ledger);
    const boundNow = await ensureIdentity(identities, chance, await replicaSetID(db, clock));
    const fleet = await MongoFleetStore.open({
      ...options,
      collection: majorityCollection<FleetDocument>(db, collections.ledger),
      boundNow,
      restoreIdentity: () => restoreIdentity(identities, boundNow),
    });
    return new LiveMongoDB(options, listener, fleet);
  }

  private constructor(options: MongoDBOptions, listener: SourceListener, fleet: MongoFleetStore) {
    const { db, collections, clock } = options;
    this.#options = options;
    this.#listener = listener;
    this.fleet = fleet;
    const onHealth = () => this.#tell(() => listener.fleetChanged());
    this.#health = new StoreHealth({
      timer: clock,
      probeMs: storeProbeMs,
      probe: () => this.#ledger.probe(),
      onChange: () => {
        onHealth();
        if (this.#health.failure === undefined) this.#reconnected();
      },
    });
    this.#ledger = new Ledger({
      ...options,
      collection: majorityCollection<LedgerDocument>(db, collections.ledger),
      onOutcome: (failure) => this.#health.outcome(failure),
    });
    const shared = new SharedValues();
    const onFeedHealth = () => {
      onHealth();
      this.#feedsTold();
    };
    const marks = majorityCollection<CollectionMark>(db, collections.ledger);
    const common = { ...options, ledger: this.#ledger, marks, onHealth: onFeedHealth };
    this.bots = new FollowedKind<BotRecord>({
      ...common,
      kind: 'Bot',
      collection: majorityCollection<Document>(db, collections.bots),
      read: (stored, key) => botOf(stored, key, collections.bots, shared),
      next: (record, declared, now) => nextBot(record, declared, now, shared),
      withStatus: (record, text) => ({
        ...record,
        status: shared.status(JSON.parse(text) as BotStatus, record.uid),
        pristine: false,
      }),
      shown: ({ registration: _, ...status }) => status,
      tell: (key) => this.#tell(() => listener.botChanged(key, true)),
    });
    this.accounts = new FollowedKind<AccountRecord>({
      ...common,
      kind: 'Account',
      collection: majorityCollection<Document>(db, collections.accounts),
      read: (stored, key) => accountOf(stored, key, collections.accounts, shared),
      next: (record, declared) => nextAccount(record, declared, shared),
      withStatus: (record, text) => ({ ...record, status: JSON.parse(text) as AccountStatus }),
      shown: (status) => status,
      tell: (key) => this.#tell(() => listener.accountChanged(key)),
    });
    this.events = new MongoEventLog({
      ...options,
      collection: majorityCollection<EventDocument>(db, collections.events),
    });
  }

  /** Resolves when everything there is has been read, stored and told. */
  async start(): Promise<void> {
    await this.#load();
    await Promise.all([this.bots.feed.start(), this.accounts.feed.start()]);
    if (this.#ended) return;
    for (const key of this.accounts.keeper.records.keys()) this.#listener.accountChanged(key);
    for (const key of this.bots.keeper.records.keys()) this.#listener.botChanged(key, false);
    this.#live = true;
    this.#verifiedAt = this.#options.clock.monotonic();
    this.#pollSoon();
  }

  async stop(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelPoll?.();
    this.#health.stop();
    await this.#polling;
    await Promise.all([this.bots.stop(), this.accounts.stop()]);
    await this.#ledger.close();
    await this.events.close();
  }

  health(): SourceHealth {
    const { bots, accounts } = this;
    const failure =
      this.#health.failure ?? this.#fleetFailure ?? bots.feed.failure() ?? accounts.feed.failure();
    const problems = [...bots.feed.problems(), ...accounts.feed.problems()];
    const whole = problems.length === 0 && failure === undefined;
    return { whole, problems, ...(failure !== undefined && { failure }) };
  }

  /** Fences off every leader before, then reads what the last of them left. */
  async #load(): Promise<void> {
    if (!this.#options.alone) await this.#ledger.fence();
    for await (const stored of this.#ledger.all()) {
      const parts = partsOfLedgerID(stored._id);
      if (parts?.kind === 'Bot') this.bots.keeper.load(parts.key, stored);
      else if (parts) this.accounts.keeper.load(parts.key, stored);
    }
  }

  #pollSoon(): void {
    if (this.#ended) return;
    this.#cancelPoll = this.#options.clock.schedule(fleetPollMs, () => {
      this.#polling = this.#poll().finally(() => this.#pollSoon());
    });
  }

  async #poll(): Promise<void> {
    const before = this.#fleetFailure;
    try {
      if (await this.fleet.refresh()) this.#tell(() => this.#listener.fleetChanged());
      this.#fleetFailure = undefined;
      if (before !== undefined) this.#reconnected();
      if (this.#options.clock.monotonic() - this.#verifiedAt >= verifyMs) await this.#verify();
    } catch (error) {
      this.#fleetFailure = asPortError(error, 'reading the fleet’s record').message;
    }
    if (before !== this.#fleetFailure) this.#tell(() => this.#listener.fleetChanged());
  }

  /** The server may have come back with less than it had. */
  #reconnected(): void {
    if (this.#ended || !this.#live) return;
    this.bots.feed.restart();
    this.accounts.feed.restart();
    this.#verifiedAt = Number.NEGATIVE_INFINITY;
  }

  /** An outage may be so short that only who was just reading documents notices it. */
  #feedsTold(): void {
    const areFailing = (this.bots.feed.failure() ?? this.accounts.feed.failure()) !== undefined;
    if (this.#areFeedsFailing && !areFailing) this.#verifiedAt = Number.NEGATIVE_INFINITY;
    this.#areFeedsFailing = areFailing;
  }

  async #verify(): Promise<void> {
    // Whatever comes back meanwhile asks for another one.
    this.#verifiedAt = this.#options.clock.monotonic();
    try {
      const versions = await this.#ledger.versions();
      await Promise.all([this.bots.keeper.verify(versions), this.accounts.keeper.verify(versions)]);
    } catch (error) {
      this.#verifiedAt = Number.NEGATIVE_INFINITY;
      throw error;
    }
  }

  #tell(say: () => void): void {
    if (this.#live && !this.#ended) say();
  }
}
