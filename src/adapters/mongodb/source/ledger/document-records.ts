import { InTurn } from '../../../../kit/in-turn.ts';
import type { AnyRecord } from '../../../../model/records.ts';
import type { ResourceKey } from '../../../../model/resource-key.ts';
import { raised } from '../../../../model/sharing/declare-record.ts';
import type { Chance } from '../../../../ports/chance.ts';
import type { Clock } from '../../../../ports/clock.ts';
import type { Log } from '../../../../ports/log.ts';
import { PortError } from '../../../../ports/port-error.ts';
import type { Declared, ResourceKind } from '../document/declaration.ts';
import type { Ledger } from './ledger.ts';
import { blankRecord, type LedgerDocument, type LedgerRecord, ledgerID } from './ledger-document.ts';
import { declaredPart, wholePart } from './stored-record.ts';

/** Others are at the same record so often while a change of it is stored. */
const mostTries = 5;

export interface DocumentRecordsDeps<R extends AnyRecord> {
  readonly kind: ResourceKind;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly read: (stored: LedgerRecord, key: ResourceKey) => R;
  /** The record when this is declared; the same object when nothing differs, undefined when it is to be forgotten. */
  readonly next: (record: R, declared: Declared, now: string) => R | undefined;
  /** The record with a status that is stored; `text` is its JSON. */
  readonly withStatus: (record: R, text: string) => R;
  /** What is shown under the key has changed. */
  readonly tell: (key: ResourceKey) => void;
  /** A status was stored, which the document is to show. */
  readonly copy: (key: ResourceKey) => void;
}

/** The records of one kind: in memory, where they are never older than this process's own writes, and in the ledger. */
export class DocumentRecords<R extends AnyRecord> {
  readonly records = new Map<ResourceKey, R>();
  readonly #parts: DocumentRecordsDeps<R>;
  readonly #turns = new InTurn<ResourceKey>();
  readonly #statusVersions = new Map<ResourceKey, number>();

  constructor(parts: DocumentRecordsDeps<R>) {
    this.#parts = parts;
  }

  /** Takes in what is stored. */
  load(key: ResourceKey, stored: LedgerDocument): void {
    const record = this.#parts.read(stored, key);
    const { problems } = this.records.get(key) ?? record;
    this.records.set(key, { ...record, problems });
    if (stored.status !== null) this.#statusVersions.set(key, stored.statusVersion);
  }

  /** The version that brought the present status; undefined when there is none. */
  statusVersion(key: ResourceKey): number | undefined {
    return this.#statusVersions.get(key);
  }

  /** Takes in what is declared; resolves when it is stored. */
  declare(key: ResourceKey, declared: Declared): Promise<void> {
    return this.#turns.run(key, async () => {
      for (let tries = 1; tries <= mostTries; tries += 1) {
        if (await this.#tryDeclare(key, declared)) return;
        await this.#reload(key);
      }
      throw conflict(`${key} in the ledger moves on faster than it can be written`);
    });
  }

  writeStatus(record: R, status: R['status']): Promise<R> {
    const { key } = record;
    return this.#turns.run(key, async () => {
      const present = this.present(record);
      requireSame(present, record);
      const text = JSON.stringify(status);
      const version = Number(raised(present.version));
      const change = { status: text, statusVersion: version, version };
      if (!(await this.#swap(present, change))) return this.#lost(key, record);
      const next = this.#parts.withStatus({ ...present, version: String(version) }, text);
      this.records.set(key, next);
      this.#statusVersions.set(key, version);
      this.#parts.copy(key);
      return next;
    });
  }

  /** Removes the record, after `before`. */
  remove(record: R, before: () => Promise<void>): Promise<void> {
    const { key, uid } = record;
    return this.#turns.run(key, async () => {
      const present = this.present(record);
      requireSame(present, record);
      await before();
      const expected = { uid, version: Number(present.version) };
      if (!(await this.#parts.ledger.remove(this.#id(key), expected))) return this.#lost(key, record);
      this.#forget(key);
    });
  }

  /** The record as it is now; throws `absent` when it is gone, or another one has its name. */
  present({ key, uid }: R): R {
    const present = this.records.get(key);
    if (present?.uid === uid) return present;
    throw new PortError({ kind: 'absent' }, `${this.#parts.kind} ${key} (uid ${uid}) is gone`);
  }

  /** Looks whether the store still has all that it acknowledged, and gives it back what it lost. */
  async verify(versions: ReadonlyMap<string, Pick<LedgerRecord, 'uid' | 'version'>>): Promise<void> {
    const behind = [...this.records.values()].filter((record) =>
      isBehind(versions.get(this.#id(record.key)), record),
    );
    await Promise.all(behind.map(({ key }) => this.#turns.run(key, () => this.#recover(key))));
  }

  /** False when the store has another record than the one in memory. */
  async #tryDeclare(key: ResourceKey, declared: Declared): Promise<boolean> {
    const before = this.records.get(key);
    if (!before) return this.#tryFirst(key, declared);
    const after = this.#parts.next(before, declared, this.#now());
    if (after === before) return true;
    const expected = { uid: before.uid, version: Number(before.version) };
    if (!after) {
      if (!(await this.#parts.ledger.remove(this.#id(key), expected))) return false;
      this.#forget(key);
      return true;
    }
    if (after.version !== before.version && !(await this.#swap(before, declaredPart(after)))) return false;
    this.records.set(key, after);
    this.#parts.tell(key);
    return true;
  }

  async #tryFirst(key: ResourceKey, declared: Declared): Promise<boolean> {
    if (declared.state === 'gone' || declared.isEnding) return true;
    const { ledger, chance, read, next } = this.#parts;
    const now = this.#now();
    const blank = read({ ...blankRecord, uid: chance.uuid(), createdAt: now }, key);
    const record = next(blank, declared, now);
    if (!record) return true;
    if (!(await ledger.insert(this.#id(key), wholePart(record, 0)))) return false;
    this.records.set(key, record);
    this.#parts.tell(key);
    return true;
  }

  #swap(before: R, change: Partial<LedgerRecord>): Promise<boolean> {
    const expected = { uid: before.uid, version: Number(before.version) };
    return this.#parts.ledger.swap(this.#id(before.key), expected, change);
  }

  async #lost(key: ResourceKey, { version }: R): Promise<never> {
    await this.#reload(key);
    throw conflict(`${this.#parts.kind} ${key} is no longer at version ${version}`);
  }

  /**
   * Memory follows the ledger, as far as that is newer: another process, or a write of ours that seemed to fail. What
   * the ledger has not, or has older, it once acknowledged and lost: only its one leader may tell it again.
   */
  async #reload(key: ResourceKey): Promise<void> {
    const [stored] = await this.#parts.ledger.read([this.#id(key)]);
    const known = this.records.get(key);
    if (stored && !(known && isBehind(stored, known))) {
      this.load(key, stored);
      this.#parts.tell(key);
    } else if (known) await this.#giveBack(known, stored);
  }

  async #recover(key: ResourceKey): Promise<void> {
    const [stored] = await this.#parts.ledger.read([this.#id(key)]);
    const known = this.records.get(key);
    if (known && isBehind(stored, known)) await this.#giveBack(known, stored);
  }

  async #giveBack(known: R, stored: LedgerDocument | undefined): Promise<void> {
    const { key } = known;
    const { log, ledger } = this.#parts;
    log.warn(
      { record: this.#id(key), version: known.version, stored: stored?.version },
      'the ledger lost what it had acknowledged: written again',
    );
    const record = { ...known, version: raised(known.version) };
    const whole = wholePart(record, this.#statusVersions.get(key) ?? 0);
    const done = stored
      ? await ledger.swap(this.#id(key), stored, whole)
      : await ledger.insert(this.#id(key), whole);
    if (!done) return;
    this.records.set(key, record);
    this.#parts.tell(key);
  }

  #forget(key: ResourceKey): void {
    this.records.delete(key);
    this.#statusVersions.delete(key);
    this.#parts.tell(key);
  }

  #id(key: ResourceKey): string {
    return ledgerID(this.#parts.kind, key);
  }

  #now(): string {
    return new Date(this.#parts.clock.now()).toISOString();
  }
}

/** Whether the store lacks what is in memory. One of another uid is another matter. */
function isBehind(
  stored: Pick<LedgerRecord, 'uid' | 'version'> | undefined,
  { uid, version }: AnyRecord,
): boolean {
  return stored === undefined || (stored.uid === uid && stored.version < Number(version));
}

function requireSame(present: AnyRecord, { key, version }: AnyRecord): void {
  if (present.version !== version) throw conflict(`${key} is no longer at version ${version}`);
}

function conflict(message: string): PortError {
  return new PortError({ kind: 'conflict' }, message);
}
