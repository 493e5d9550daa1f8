import { StoreHealth } from '../../kit/store-health.ts';
import type { BotRecord } from '../../model/records.ts';
import { SharedValues } from '../../model/sharing/shared-values.ts';
import type { Chance } from '../../ports/chance.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { PortError } from '../../ports/port-error.ts';
import type { SourceHealth, SourceListener } from '../../ports/source.ts';
import { ChangeFeed } from './files/change-feed.ts';
import { Declarations } from './files/declarations.ts';
import { accountUses, botUses } from './files/declared-secrets.ts';
import type { Scan } from './files/scan.ts';
import { inSlices, ScanRunner } from './files/scan-runner.ts';
import { writeChange, writeFiles } from './records/change-writer.ts';
import { DirectoryFleetStore } from './records/directory-fleet-store.ts';
import { FileRecords, type RecordChange, type RecordOrigin } from './records/file-records.ts';
import { sourceIdentity } from './records/fleet-record.ts';
import { RecordWriter } from './records/record-writer.ts';
import type { Synchronous } from './state/open-database.ts';
import { StateStore } from './state/state-store.ts';

export interface LiveOptions {
  readonly directory: string;
  readonly stateFile: string;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly machine: string | undefined;
  readonly fleetID: string | undefined;
  readonly log: Log;
  readonly watch: boolean;
  readonly rescanMs: number;
  readonly synchronous: Synchronous;
}

/** How long after a failed write the state file is tried again. */
const storeProbeMs = 5_000;

/** A directory source from its start to its end. */
export class LiveDirectory {
  readonly store: StateStore;
  readonly fleet: DirectoryFleetStore;
  readonly book: FileRecords;
  readonly writer: RecordWriter;
  readonly declarations: Declarations;
  readonly #options: LiveOptions;
  readonly #listener: SourceListener;
  readonly #runner: ScanRunner;
  readonly #storeHealth: StoreHealth;
  #feed: ChangeFeed | undefined;
  /** The last look saw everything. */
  #complete = false;
  /** As text, when it was last compared. */
  #lastHealth = '';
  /** The first listing is told; changes are told as they come. */
  #live = false;
  #ended = false;

  /** Takes the run lock and opens the state; the fleet's record is read. */
  constructor(options: LiveOptions, listener: SourceListener) {
    const { directory, stateFile, clock, synchronous } = options;
    this.#options = options;
    this.#listener = listener;
    this.#storeHealth = new StoreHealth({
      timer: clock,
      probeMs: storeProbeMs,
      probe: () => this.store.probe(),
      onChange: () => this.#storeChanged(),
    });
    const onOutcome = this.#storeHealth.outcome.bind(this.#storeHealth);
    this.store = StateStore.open({ stateFile, clock, synchronous, onOutcome });
    const shared = new SharedValues();
    this.book = new FileRecords(shared);
    this.writer = new RecordWriter(this.store, this.book, shared);
    this.declarations = new Declarations(directory, this.store.files, this.store.inhabitedRoot());
    this.#runner = new ScanRunner(this.declarations, clock, (look) => this.#take(look));
    try {
      const identity = () => sourceIdentity(options);
      this.fleet = new DirectoryFleetStore(this.store, { ...options, identity });
    } catch (error) {
      this.store.abandon();
      throw error;
    }
  }

  /** Reads what the state holds, then the files; resolves when the first listing has been told. */
  async start(): Promise<void> {
    try {
      await inSlices(this.#options.clock, this.#load(), () => this.#ended);
      if (this.#ended) return;
      this.declarations.suspect(this.book.ids());
      if (this.#options.watch) this.#feed = this.#openFeed();
      await this.#runner.look(true);
    } catch (error) {
      this.abandon();
      throw error;
    }
    if (this.#ended) return;
    for (const key of this.book.accounts.keys()) this.#listener.accountChanged(key);
    for (const key of this.book.bots.keys()) this.#listener.botChanged(key, false);
    this.#live = true;
  }

  async rescan(): Promise<void> {
    this.#refreshFleet();
    await this.#runner.look(true);
  }

  async stop(): Promise<void> {
    if (this.#ended) return;
    this.#end();
    await this.#runner.idle();
    this.store.close();
  }

  abandon(): void {
    if (this.#ended) return;
    this.#end();
    this.store.abandon();
  }

  health(): SourceHealth {
    const failure = this.declarations.failure() ?? this.#storeHealth.failure;
    const problems = this.declarations.problems();
    const warnings = this.declarations.warnings();
    const whole = this.#complete && problems.length === 0 && failure === undefined;
    return {
      whole,
      problems,
      ...(warnings.length > 0 && { warnings }),
      ...(failure !== undefined && { failure }),
    };
  }

  /** The row is the finalizer: every record in memory is held already. */
  held(record: BotRecord): BotRecord {
    const present = this.book.bots.get(record.key);
    if (present?.uid === record.uid) return present;
    throw new PortError({ kind: 'absent' }, `${record.key} (uid ${record.uid}) is gone`);
  }

  async release(record: BotRecord): Promise<void> {
    await this.writer.release(record, this.#origin());
    if (this.book.bots.has(record.key)) this.#tell((listener) => listener.botChanged(record.key, true));
  }

  *#load(): Generator<undefined, void> {
    for (const row of this.store.rows()) {
      this.book.load(row);
      yield;
    }
  }

  #openFeed(): ChangeFeed {
    const { directory, stateFile, clock, log, rescanMs } = this.#options;
    return new ChangeFeed({
      directory,
      clock,
      log,
      rescanMs,
      lookMs: () => this.#runner.lookMs,
      stateFile,
      look: () => this.#look(),
      glance: (paths) => this.#take(this.declarations.glance(paths)),
      stateChanged: () => this.#refreshFleet(),
    });
  }

  #look(): void {
    this.#runner.look(false).then(
      (settled) => settled || this.#feed?.lookSoon(),
      (error: unknown) => this.#options.log.error({ err: error }, 'Reading the manifests failed'),
    );
  }

  /** Stores and tells what a look or a glance found. A failure to store is told by the health. */
  #take(look: Scan): void {
    if (this.#ended) return;
    // Files of another place must not be acted on as if they were of this one.
    const moved = this.fleet.refreshIdentity();
    if (!look.glance) {
      this.#complete = look.complete;
      this.#feed?.watch(look.directories);
    }
    if (look.deserted !== undefined) this.declarations.suspect(this.book.undecided());
    const changes = this.book.changes(look, this.declarations, this.#origin());
    if (this.#store(look, changes)) this.#tellChanges(changes, look);
    this.declarations.rest();
    if (look.glance && (look.again || this.declarations.unsettled())) this.#feed?.lookSoon();
    if (this.#hasHealthTurned() || moved) this.#tell((listener) => listener.fleetChanged());
  }

  #store(look: Scan, changes: readonly RecordChange[]): boolean {
    const { root, changedFiles, removedFiles } = look;
    if (root === undefined && changes.length + changedFiles.length + removedFiles.length === 0) return true;
    try {
      this.store.write(() => {
        for (const change of changes) writeChange(this.store.resources, change);
        writeFiles(this.store.files, look);
        if (root !== undefined) this.store.putInhabitedRoot(root);
      });
    } catch (error) {
      if (!(error instanceof PortError)) throw error;
      this.declarations.forget(look);
      return false;
    }
    for (const change of changes) this.book.apply(change);
    return true;
  }

  #tellChanges(changes: readonly RecordChange[], { secrets }: Scan): void {
    const bots = new Set(changes.flatMap(({ kind, key }) => (kind === 'Bot' ? [key] : [])));
    const accounts = new Set(changes.flatMap(({ kind, key }) => (kind === 'Account' ? [key] : [])));
    if (secrets.size > 0) {
      for (const bot of this.book.bots.values()) if (botUses(bot, secrets)) bots.add(bot.key);
      for (const one of this.book.accounts.values()) if (accountUses(one, secrets)) accounts.add(one.key);
    }
    this.#tell((listener) => {
      for (const key of accounts) listener.accountChanged(key);
      for (const key of bots) listener.botChanged(key, true);
    });
  }

  #refreshFleet(): void {
    const before = this.fleet.fleetID;
    if (!this.fleet.refresh()) return;
    if (this.fleet.fleetID !== before) {
      for (const key of this.writer.reidentify(this.fleet.fleetID)) {
        this.#tell((listener) => listener.botChanged(key, true));
      }
    }
    this.#tell((listener) => listener.fleetChanged());
  }

  #storeChanged(): void {
    if (this.#storeHealth.failure === undefined) this.#feed?.lookSoon();
    this.#tell((listener) => listener.fleetChanged());
  }

  #tell(say: (listener: SourceListener) => void): void {
    if (this.#live && !this.#ended) say(this.#listener);
  }

  #origin(): RecordOrigin {
    return {
      fleetID: this.fleet.fleetID,
      now: new Date(this.#options.clock.now()).toISOString(),
      nextIncarnation: (...name) => this.store.resources.nextIncarnation(...name),
    };
  }

  /** Since this was asked last: a look changes the declarations before it is taken in. */
  #hasHealthTurned(): boolean {
    const before = this.#lastHealth;
    this.#lastHealth = JSON.stringify(this.health());
    return before !== this.#lastHealth;
  }

  #end(): void {
    this.#ended = true;
    this.#runner.stop();
    this.#feed?.stop();
    this.#storeHealth.stop();
  }
}
