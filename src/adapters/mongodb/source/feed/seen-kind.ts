import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Collection, Document } from 'mongodb';
import type { Problem } from '../../../../model/problem.ts';
import type { AnyRecord } from '../../../../model/records.ts';
import type { ResourceKey } from '../../../../model/resource-key.ts';
import { type Declared, keyOfID, type ResourceKind, readDeclaration } from '../document/declaration.ts';
import { type DeclaredDocument, digestOf } from '../document/declared-document.ts';
import type { DocumentRecordsDeps } from '../ledger/document-records.ts';
import { blankRecord, type LedgerDocument, type LedgerRecord } from '../ledger/ledger-document.ts';
import { allDocuments } from './document-reads.ts';

type Present = Extract<Declared, { state: 'present' }>;

/** What one reading of all documents shows. */
interface Sight {
  readonly problems: Problem[];
  readonly present: Set<ResourceKey>;
  readonly changed: Set<ResourceKey>;
}

/** Bots, or Accounts, as documents and ledger have them: what is declared now, laid over what is stored. */
export class SeenKind<R extends AnyRecord> {
  readonly #rules: Pick<DocumentRecordsDeps<R>, 'read' | 'next' | 'clock'>;
  readonly #kind: ResourceKind;
  readonly #collection: Collection<Document>;
  readonly #stored = new Map<ResourceKey, LedgerDocument>();
  readonly #documents = new Map<ResourceKey, { readonly digest: string; readonly declared: Present }>();
  readonly #records = new Map<ResourceKey, R>();
  #problems: readonly Problem[] = [];

  constructor(
    kind: ResourceKind,
    collection: Collection<Document>,
    rules: Pick<DocumentRecordsDeps<R>, 'read' | 'next' | 'clock'>,
  ) {
    this.#kind = kind;
    this.#collection = collection;
    this.#rules = rules;
  }

  records(): R[] {
    return [...this.#records.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** Of documents that belong to no key. */
  problems(): readonly Problem[] {
    return this.#problems;
  }

  /** The version that is known of a key's stored record. */
  version(key: ResourceKey): string | undefined {
    const stored = this.#stored.get(key);
    return stored && `${stored.uid} ${stored.version}`;
  }

  keys(): Iterable<ResourceKey> {
    return this.#stored.keys();
  }

  /** Undefined: it is gone. */
  put(key: ResourceKey, stored: LedgerDocument | undefined, now: string): void {
    if (stored) this.#stored.set(key, stored);
    else this.#stored.delete(key);
    this.#show(key, now);
  }

  /** Reads every document; true when something has changed. */
  async refresh(now: string): Promise<boolean> {
    const sight: Sight = { problems: [], present: new Set(), changed: new Set() };
    for await (const page of allDocuments(this.#collection, this.#rules.clock))
      for (const document of page) this.#look(document, sight);
    for (const key of this.#documents.keys()) {
      if (sight.present.has(key)) continue;
      this.#documents.delete(key);
      sight.changed.add(key);
    }
    for (const key of sight.changed) this.#show(key, now);
    const isNews = sight.changed.size > 0 || !isDeepStrictEqual(sight.problems, this.#problems);
    this.#problems = sight.problems;
    return isNews;
  }

  #look(document: DeclaredDocument, { problems, present, changed }: Sight): void {
    const digest = digestOf(document);
    const known = keyOfID(document._id);
    if (known !== undefined && this.#documents.get(known)?.digest === digest) {
      present.add(known);
      return;
    }
    const reading = readDeclaration(this.#kind, document, this.#collection.collectionName);
    if (reading.key === undefined) {
      problems.push(reading.problem);
      return;
    }
    const { key, declared } = reading;
    present.add(key);
    changed.add(key);
    this.#documents.set(key, { digest, declared });
  }

  #show(key: ResourceKey, now: string): void {
    const { read, next } = this.#rules;
    const stored = this.#stored.get(key);
    const declared = this.#documents.get(key)?.declared;
    const blank: LedgerRecord = { ...blankRecord, uid: unbornUID(key), createdAt: now };
    const isShown = stored ?? (declared && !declared.isEnding);
    const record =
      isShown && next(read(stored ?? blank, key), declared ?? { state: 'gone', wholesale: undefined }, now);
    if (record) this.#records.set(key, record);
    else this.#records.delete(key);
  }
}

/** Stands for the uid of what no controller has taken in yet: another one for each, as plans need it. */
function unbornUID(key: ResourceKey): string {
  const hex = createHash('sha256').update(key).digest('hex');
  return `00000000-0000-8000-8000-${hex.slice(0, 12)}`;
}
