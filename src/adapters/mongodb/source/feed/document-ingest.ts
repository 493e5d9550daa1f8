import type { Problem } from '../../../../model/problem.ts';
import type { AnyRecord } from '../../../../model/records.ts';
import type { ResourceKey } from '../../../../model/resource-key.ts';
import type { Cancel } from '../../../../ports/clock.ts';
import { answered } from '../../client/within-deadline.ts';
import { idText } from '../document/bson-text.ts';
import { keyOfID, type ResourceKind, readDeclaration } from '../document/declaration.ts';
import { type CopyMark, copyMarkOf, type DeclaredDocument, digestOf } from '../document/declared-document.ts';
import type { DocumentRecords } from '../ledger/document-records.ts';
import type { StatusMirror } from '../ledger/status-mirror.ts';
import { allDocuments, documentsOf } from './document-reads.ts';
import { ForeignDocuments } from './foreign-documents.ts';
import type { KnownCollectionParts } from './known-collection.ts';
import { isLive, isMissed, WholesaleLoss } from './wholesale-loss.ts';

/** Ids in one read. */
const mostKeys = 500;
const retryMs = 500;

export interface DocumentIngestDeps extends KnownCollectionParts {
  readonly kind: ResourceKind;
  readonly keeper: Pick<DocumentRecords<AnyRecord>, 'records' | 'declare' | 'statusVersion'>;
  readonly copier: Pick<StatusMirror, 'putBack'>;
  /** The fencing epoch of the lease that this process holds. */
  readonly epoch: () => number;
  /** Removes a document that its author wants to end, where nothing has to end first. */
  readonly discard: (key: ResourceKey) => Promise<void>;
  /** What `health` tells has changed. */
  readonly onHealth: () => void;
}

/** Reads documents and takes in what they declare, one read at a time: what was read later is taken in later. */
export class DocumentIngest {
  readonly #parts: DocumentIngestDeps;
  readonly #due = new Set<ResourceKey>();
  /** What was taken in last, by key. */
  readonly #digests = new Map<ResourceKey, string>();
  /** What is being read and taken in now. */
  #taking: ReadonlySet<ResourceKey> = new Set();
  readonly #foreign: ForeignDocuments;
  readonly #loss: WholesaleLoss;
  #isListed = false;
  #ended = false;
  #turn: Promise<unknown> = Promise.resolve();
  #isReading = false;
  #cancelRetry: Cancel | undefined;

  constructor(parts: DocumentIngestDeps) {
    const { kind, collection, keeper, onHealth } = parts;
    this.#parts = parts;
    this.#loss = new WholesaleLoss({ ...parts, records: keeper.records });
    this.#foreign = new ForeignDocuments(kind, collection.collectionName, onHealth);
  }

  /** Of documents that belong to no key. */
  problems(): readonly Problem[] {
    return this.#foreign.problems();
  }

  /** Has the document of the key read. */
  look(key: ResourceKey): void {
    this.#due.add(key);
    this.#read();
  }

  /**
   * A document has changed, and was like this a moment later: it is read unless that is what was taken in already, and
   * no other read of it is under way. Most changes are copies of ours.
   */
  changed(key: ResourceKey, document: DeclaredDocument | undefined): void {
    const isSettled = this.#isListed && !this.#due.has(key) && !this.#taking.has(key);
    if (isSettled && document && this.#digests.get(key) === digestOf(document))
      this.statusSeen(key, copyMarkOf(document));
    else this.look(key);
  }

  /** What is declared is to be taken in even if it is what it was. */
  forget(key: ResourceKey): void {
    this.#digests.delete(key);
  }

  /** A document shows this copy of its status, or none that a controller wrote. */
  statusSeen(key: ResourceKey, mark: CopyMark | undefined): void {
    const { keeper, copier, epoch } = this.#parts;
    const present = keeper.statusVersion(key);
    if (present === undefined || mark?.version === present) return;
    // An older one of ours is followed by a newer one; a former leader's may have come late.
    const isFollowed = mark !== undefined && mark.version < present && mark.epoch === epoch();
    if (!isFollowed) copier.putBack(key);
  }

  /** A document whose `_id` names no key has changed. */
  foreignSeen(document: DeclaredDocument, isGone: boolean): void {
    if (isGone) this.#foreign.forget([idText(document._id)]);
    else this.#foreign.take(document);
  }

  /** The collection is not what it was: what the next complete pass does not find is gone for that reason. */
  upset(reason: string): void {
    this.#loss.reset(reason);
  }

  /**
   * Reads everything. `isAlone`: nothing else tells of changes, so that what is read is taken in as it is; else
   * whatever differs is read once more in its turn, for it may have passed already.
   */
  async pass(isAlone: boolean): Promise<void> {
    const listed = new Set<unknown>();
    const [upheaval, foreign] = [this.#loss.upheaval, this.#foreign.ids()];
    const list = () => this.#list(listed, isAlone || !this.#isListed);
    const before = await this.#loss.known.beforeListing();
    const isWhole = await (isAlone || !this.#isListed ? this.#inTurn(list) : list());
    if (!isWhole) return;
    await this.#inTurn(() => this.#settleMissing(listed));
    if (listed.size > 0) await this.#loss.known.hadDocuments(before);
    this.#forgetForeign(foreign, listed);
    this.#loss.over(upheaval);
    this.#isListed = true;
    this.#read();
  }

  /** False when it was stopped before its end. */
  async #list(listed: Set<unknown>, isDirect: boolean): Promise<boolean> {
    const { collection, clock } = this.#parts;
    for await (const page of allDocuments(collection, clock)) {
      if (this.#ended) return false;
      for (const { _id } of page) listed.add(_id);
      if (isDirect) requireAll(await this.#takeAll(page));
      else for (const document of page) if (this.#isNews(document)) this.#lookAt(document);
    }
    return !this.#ended;
  }

  stop(): void {
    this.#ended = true;
    this.#cancelRetry?.();
  }

  /** Resolves when nothing is being taken in. */
  async idle(): Promise<void> {
    await this.#turn.catch(() => undefined);
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(act, act);
    this.#turn = result;
    return result;
  }

  #isNews(document: DeclaredDocument): boolean {
    const key = keyOfID(document._id);
    if (key === undefined || this.#digests.get(key) !== digestOf(document)) return true;
    this.#compareStatus(key, document);
    return false;
  }

  #lookAt(document: DeclaredDocument): void {
    const key = keyOfID(document._id);
    if (key === undefined) this.#foreign.take(document);
    else this.#due.add(key);
  }

  #read(): void {
    if (this.#isReading || !this.#isListed || this.#ended || this.#due.size === 0) return;
    this.#isReading = true;
    this.#inTurn(() => this.#readDue()).then(
      () => this.#readAgain(),
      (error: unknown) => this.#readLater(error),
    );
  }

  #readAgain(): void {
    this.#isReading = false;
    this.#read();
  }

  #readLater(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#parts.log.warn(
      { documents: this.#due.size, reason },
      'documents could not be taken in: tried again',
    );
    this.#cancelRetry = this.#parts.clock.schedule(retryMs, () => this.#readAgain());
  }

  async #readDue(): Promise<void> {
    const keys = [...this.#due];
    this.#due.clear();
    this.#taking = new Set(keys);
    let again: readonly ResourceKey[] = keys;
    try {
      const { absent, failures } = await this.#looked(keys);
      if (absent.length > 0) failures.push(...(await this.#takeGone(absent)));
      again = failures.length > 0 ? keys.filter((key) => !this.#digests.has(key)) : [];
      requireAll(failures);
    } finally {
      for (const key of again) this.#due.add(key);
      this.#taking = new Set();
    }
  }

  /** What it came to where it failed. */
  async #takeAll(documents: readonly DeclaredDocument[]): Promise<unknown[]> {
    return failuresOf(documents.map((document) => this.#take(document)));
  }

  async #take(document: DeclaredDocument): Promise<void> {
    if (this.#ended) return;
    const { kind, collection, keeper, discard } = this.#parts;
    const digest = digestOf(document);
    const known = keyOfID(document._id);
    if (known !== undefined && this.#digests.get(known) === digest)
      return this.#compareStatus(known, document);
    const reading = readDeclaration(kind, document, collection.collectionName);
    if (reading.key === undefined) return this.#foreign.take(document);
    const { key, declared } = reading;
    this.#digests.delete(key);
    await keeper.declare(key, declared);
    if (declared.isEnding && !keeper.records.has(key)) await discard(key);
    this.#digests.set(key, digest);
    this.#compareStatus(key, document);
  }

  /** Of those known when the listing began, those that it does not have. */
  #forgetForeign(known: readonly string[], listed: ReadonlySet<unknown>): void {
    if (known.length === 0) return;
    const present = new Set([...listed].map(idText));
    this.#foreign.forget(known.filter((id) => !present.has(id)));
  }

  /** Whether the document still shows what it was given. */
  #compareStatus(key: ResourceKey, document: DeclaredDocument): void {
    const { keeper, copier } = this.#parts;
    const present = keeper.statusVersion(key);
    if (present !== undefined && copyMarkOf(document)?.version !== present) copier.putBack(key);
  }

  /** What a complete pass did not find is looked for by itself before it counts as gone. */
  async #settleMissing(listed: ReadonlySet<unknown>): Promise<void> {
    const { keeper } = this.#parts;
    const missing = [...keeper.records.values()]
      .filter((record) => !listed.has(record.key) && (isLive(record) || isMissed(record)))
      .map(({ key }) => key);
    this.#taking = new Set(missing);
    const { absent, failures } = await this.#looked(missing).finally(() => {
      this.#taking = new Set();
    });
    if (absent.length > 0) failures.push(...(await this.#takeGone(absent)));
    requireAll(failures);
  }

  /** Takes in what there is of these documents; tells which are absent, and what could not be taken in. */
  async #looked(
    sought: readonly ResourceKey[],
  ): Promise<{ readonly absent: readonly ResourceKey[]; readonly failures: unknown[] }> {
    const { collection, clock } = this.#parts;
    const absent: ResourceKey[] = [];
    const failures: unknown[] = [];
    for (let start = 0; start < sought.length; start += mostKeys) {
      const keys = sought.slice(start, start + mostKeys);
      const documents = await answered(clock, documentsOf(collection, keys));
      failures.push(...(await this.#takeAll(documents)));
      const found = new Set(documents.map(({ _id }) => _id));
      absent.push(...keys.filter((key) => !found.has(key)));
    }
    return { absent, failures };
  }

  async #takeGone(keys: readonly ResourceKey[]): Promise<unknown[]> {
    const { keeper } = this.#parts;
    const known = keys.filter((key) => keeper.records.has(key));
    for (const key of keys) this.#digests.delete(key);
    this.#foreign.forget(keys);
    if (known.length === 0 || this.#ended) return [];
    const wholesale = await this.#loss.reasonOf(known);
    return failuresOf(known.map((key) => keeper.declare(key, { state: 'gone', wholesale })));
  }
}

async function failuresOf(acts: readonly Promise<void>[]): Promise<unknown[]> {
  const outcomes = await Promise.allSettled(acts);
  return outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
}

function requireAll([failure]: readonly unknown[]): void {
  if (failure !== undefined) throw failure;
}
