import type { DatabaseSync } from 'node:sqlite';
import type { AccountRecord, BotRecord } from '../../model/records.ts';
import { SharedValues } from '../../model/sharing/shared-values.ts';
import type { SecretKeyRef } from '../../model/spec/llm-spec.ts';
import type { SourceHealth } from '../../ports/source.ts';
import { type DeclarationID, declarationID, partsOf } from './declaration.ts';
import { Declarations } from './files/declarations.ts';
import type { Scan } from './files/scan.ts';
import { FileRecords } from './records/file-records.ts';
import { FileTable } from './state/file-table.ts';
import { fleetRow, inhabitedRoot } from './state/fleet-table.ts';
import { dataVersion } from './state/open-database.ts';
import { type ResourceRow, resourceRow, resourceRows, resourceVersions } from './state/resource-table.ts';

/** Stands for the fleet id before there is one: uids made from it are placeholders. */
const noFleet = '';
/** Looks until nothing is in doubt; a name not found is gone when two of them missed it. */
const mostRounds = 3;

interface Stored {
  readonly id: DeclarationID;
  readonly version: number;
  readonly record: BotRecord | AccountRecord;
}

/** What is stored, as it would be once the controller has taken in what is declared now. */
export class ReaderView {
  readonly book: FileRecords;
  directories: readonly string[] = [];
  readonly #declarations: Declarations;
  readonly #shared = new SharedValues();
  /** The records as stored, by uid. */
  readonly #stored = new Map<string, Stored>();
  readonly #byID = new Map<DeclarationID, Stored>();
  #dataVersion: number | undefined;
  #fleetID = noFleet;
  #complete = false;

  constructor(directory: string, db: DatabaseSync | undefined) {
    this.book = new FileRecords(this.#shared);
    this.#declarations = new Declarations(directory, db && new FileTable(db), db && inhabitedRoot(db));
  }

  /** Reads what has changed in the store and in the files; `now` is ISO 8601. */
  refresh(db: DatabaseSync | undefined, now: string): void {
    if (db) this.#readStore(db);
    for (let round = 0; round < mostRounds; round++) {
      const look = finished(this.#declarations.look(false));
      this.#take(look, now);
      if (!look.again && !(look.complete && this.#declarations.unsettled())) break;
    }
  }

  health(): SourceHealth {
    const failure = this.#declarations.failure();
    const problems = this.#declarations.problems();
    const warnings = this.#declarations.warnings();
    const whole = this.#complete && problems.length === 0 && failure === undefined;
    return {
      whole,
      problems,
      ...(warnings.length > 0 && { warnings }),
      ...(failure !== undefined && { failure }),
    };
  }

  /** The value of a Secret's key; undefined unless it is declared exactly once. */
  secret(namespace: string, { name, key }: SecretKeyRef): string | undefined {
    const [found, other] = this.#declarations.secrets(`${namespace}/${name}`);
    return found && !other && Object.hasOwn(found.data, key) ? found.data[key] : undefined;
  }

  #take(look: Scan, now: string): void {
    this.#complete = look.complete;
    this.directories = look.directories;
    for (const id of look.touched) this.#reset(id);
    const origin = { fleetID: this.#fleetID, now, nextIncarnation: () => 0 };
    for (const change of this.book.changes(look, this.#declarations, origin)) this.book.apply(change);
  }

  /** Back to what is stored, so that what is declared is laid over that and not over an earlier overlay. */
  #reset(id: DeclarationID): void {
    const { kind, key } = partsOf(id);
    const stored = this.#byID.get(id)?.record;
    if (kind === 'Bot') put(this.book.bots, key, stored as BotRecord | undefined);
    else put(this.book.accounts, key, stored as AccountRecord | undefined);
  }

  #readStore(db: DatabaseSync): void {
    const present = dataVersion(db);
    if (present === this.#dataVersion) return;
    this.#dataVersion = present;
    this.#fleetID = fleetRow(db)?.state.fleetID ?? noFleet;
    if (this.#stored.size === 0) for (const row of resourceRows(db)) this.#load(row);
    const versions = resourceVersions(db);
    for (const [uid, stored] of this.#stored) if (!versions.has(uid)) this.#drop(uid, stored);
    for (const [uid, version] of versions) {
      if (this.#stored.get(uid)?.version !== version) this.#reload(db, uid);
    }
  }

  #drop(uid: string, { id }: Stored): void {
    this.#stored.delete(uid);
    if (this.#byID.get(id)?.record.uid === uid) this.#byID.delete(id);
    this.#declarations.suspect([id]);
  }

  #reload(db: DatabaseSync, uid: string): void {
    const row = resourceRow(db, uid);
    if (row) this.#load(row);
  }

  #load(row: ResourceRow): void {
    const record = this.book.load(row);
    const id = declarationID(row.kind, record.key);
    const stored = { id, version: row.version, record };
    this.#stored.set(row.uid, stored);
    this.#byID.set(id, stored);
    this.#declarations.suspect([id]);
  }
}

function put<K, V>(map: Map<K, V>, key: K, value: V | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}

function finished<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
