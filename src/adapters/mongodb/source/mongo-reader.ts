import type { Collection, Db, Document } from 'mongodb';
import type { CollectionNames } from '../../../model/collection-names.ts';
import type { FleetState } from '../../../model/fleet-state.ts';
import type { AccountRecord, BotRecord } from '../../../model/records.ts';
import type { ResourceKey } from '../../../model/resource-key.ts';
import { SharedValues } from '../../../model/sharing/shared-values.ts';
import type { Cancel, Clock } from '../../../ports/clock.ts';
import type { Log } from '../../../ports/log.ts';
import type { SourceHealth, StoredEvent } from '../../../ports/source.ts';
import type { SourceReader } from '../../../ports/source-reader.ts';
import { asPortError } from '../client/mongo-error.ts';
import { SeenKind } from './feed/seen-kind.ts';
import { type LedgerDocument, ledgerID, partsOfLedgerID } from './ledger/ledger-document.ts';
import { nextAccount, nextBot } from './ledger/next-record.ts';
import { accountOf, botOf } from './ledger/stored-record.ts';
import { majorityCollection } from './majority-collection.ts';
import { type EventDocument, storedEvents } from './mongo-event-log.ts';
import { type FleetDocument, readFleet } from './mongo-fleet-store.ts';
import { asBound, type IdentityDocument, replicaSetID, sourceIdentity } from './source-identity.ts';

export interface MongoReaderOptions {
  readonly db: Db;
  readonly collections: CollectionNames;
  readonly clock: Clock;
  readonly log: Log;
}

/** While somebody watches, what has changed is looked for so often, in ms; that takes a tenth of the time at most. */
const watchMs = 1_000;
const pauseFactor = 10;
/** Ids in one read. */
const mostIDs = 500;

/**
 * Looks at a database from outside the controller, running or not; changes nothing. What is read is as it was at the
 * opening, until somebody watches. Closing leaves the client open.
 */
export async function openMongoReader(options: MongoReaderOptions): Promise<SourceReader> {
  const reader = new MongoReader(options);
  await reader.refresh();
  return reader;
}

class MongoReader implements SourceReader {
  readonly #options: MongoReaderOptions;
  readonly #ledger: Collection<LedgerDocument>;
  readonly #bots: SeenKind<BotRecord>;
  readonly #accounts: SeenKind<AccountRecord>;
  readonly #watchers = new Set<() => void>();
  #fleet: FleetState | undefined;
  #fleetVersion = 0;
  #identity: string | undefined;
  #cancel: Cancel | undefined;

  constructor(options: MongoReaderOptions) {
    const { db, collections, clock } = options;
    const { bots, accounts } = collections;
    const shared = new SharedValues();
    this.#options = options;
    this.#ledger = majorityCollection(db, collections.ledger);
    this.#bots = new SeenKind<BotRecord>('Bot', majorityCollection<Document>(db, bots), {
      clock,
      read: (stored, key) => botOf(stored, key, bots, shared),
      next: (record, declared, now) => nextBot(record, declared, now, shared),
    });
    this.#accounts = new SeenKind<AccountRecord>('Account', majorityCollection<Document>(db, accounts), {
      clock,
      read: (stored, key) => accountOf(stored, key, accounts, shared),
      next: (record, declared) => nextAccount(record, declared, shared),
    });
  }

  bots(): readonly BotRecord[] {
    return this.#bots.records();
  }

  accounts(): readonly AccountRecord[] {
    return this.#accounts.records();
  }

  events(key?: ResourceKey): Promise<readonly StoredEvent[]> {
    const { db, collections } = this.#options;
    return storedEvents(majorityCollection<EventDocument>(db, collections.events), key);
  }

  fleet(): FleetState | undefined {
    return this.#fleet;
  }

  health(): SourceHealth {
    const problems = [...this.#bots.problems(), ...this.#accounts.problems()];
    return { whole: problems.length === 0, problems };
  }

  boundNow(): string {
    return asBound(this.#identity ?? 'mongodb:new', this.#fleet?.boundTo);
  }

  async secret(): Promise<undefined> {
    return undefined;
  }

  watch(onChange: () => void): () => void {
    const watcher = () => onChange();
    this.#watchers.add(watcher);
    if (!this.#cancel) this.#lookIn(watchMs);
    return () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size === 0) this.close();
    };
  }

  close(): void {
    this.#watchers.clear();
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Reads what has changed; true when something has. */
  async refresh(): Promise<boolean> {
    const { db, collections, clock } = this.#options;
    const now = new Date(clock.now()).toISOString();
    const isStored = await this.#refreshStored(now);
    const isDeclared = await this.#bots.refresh(now);
    const isOther = await this.#accounts.refresh(now);
    const fleet = await readFleet(majorityCollection<FleetDocument>(db, collections.ledger));
    this.#identity ??= await sourceIdentity(
      majorityCollection<IdentityDocument>(db, collections.ledger),
      await replicaSetID(db, clock),
    );
    const isFleet = fleet !== undefined && fleet.version !== this.#fleetVersion;
    this.#fleet = fleet?.state;
    this.#fleetVersion = fleet?.version ?? 0;
    return isStored || isDeclared || isOther || isFleet;
  }

  #lookIn(delayMs: number): void {
    const { clock, log } = this.#options;
    this.#cancel = clock.schedule(delayMs, async () => {
      const begun = clock.monotonic();
      try {
        if (await this.refresh()) for (const tell of this.#watchers) tell();
      } catch (error) {
        log.warn({ err: error }, 'the database could not be read: tried again');
      }
      if (this.#cancel) this.#lookIn(Math.max(watchMs, pauseFactor * (clock.monotonic() - begun)));
    });
  }

  /** By versions first: of a fleet at rest nothing more is read. */
  async #refreshStored(now: string): Promise<boolean> {
    try {
      const projection = { uid: 1, version: 1 } as const;
      const marks = await this.#ledger.find({}, { projection, batchSize: 1_000 }).toArray();
      const changed = marks.filter((mark) => this.#isNews(mark)).map(({ _id }) => _id);
      for (let start = 0; start < changed.length; start += mostIDs) {
        const ids = changed.slice(start, start + mostIDs);
        for await (const stored of this.#ledger.find({ _id: { $in: ids } })) this.#put(stored, now);
      }
      return this.#dropGone(new Set(marks.map(({ _id }) => _id)), now) || changed.length > 0;
    } catch (error) {
      throw asPortError(error, 'reading the ledger');
    }
  }

  #isNews({ _id, uid, version }: Pick<LedgerDocument, '_id' | 'uid' | 'version'>): boolean {
    const parts = partsOfLedgerID(_id);
    return parts !== undefined && this.#of(parts.kind).version(parts.key) !== `${uid} ${version}`;
  }

  #put(stored: LedgerDocument, now: string): void {
    const parts = partsOfLedgerID(stored._id);
    if (parts) this.#of(parts.kind).put(parts.key, stored, now);
  }

  #dropGone(present: ReadonlySet<string>, now: string): boolean {
    let isAny = false;
    for (const kind of ['Bot', 'Account'] as const) {
      const gone = [...this.#of(kind).keys()].filter((key) => !present.has(ledgerID(kind, key)));
      for (const key of gone) this.#of(kind).put(key, undefined, now);
      isAny ||= gone.length > 0;
    }
    return isAny;
  }

  #of(kind: 'Bot' | 'Account'): SeenKind<BotRecord> | SeenKind<AccountRecord> {
    return kind === 'Bot' ? this.#bots : this.#accounts;
  }
}
