import { compareVersions, type KubeObject, keyOf } from '../kube-object.ts';
import { type Indexers, ObjectIndex, type ObjectReader } from './object-index.ts';

interface Entry<T> {
  readonly object: T;
  /** When it was stored, in the order of all stores; `undefined` for what was not written by this process. */
  readonly written: number | undefined;
}

/** A complete listing, and what may be concluded from it. */
export interface Listing<T> {
  readonly objects: readonly T[];
  /** Of the collection. */
  readonly version: string;
  /** `mark()` at the moment it was asked for. */
  readonly askedAt: number;
  /**
   * The server's versions began anew (a store restored from a backup): numbers from before mean nothing, so that
   * everything is replaced but for this process's writes since `askedAt`.
   */
  readonly anew: boolean;
}

/** The keys that a store or a listing changed. */
export type ChangedKeys = readonly string[];

/**
 * Objects by key, each only ever replaced by a newer one. Own writes go in at once (`overlay`); events and
 * listings that are older than them change nothing, until newer ones arrive.
 */
export class ObjectCache<T extends KubeObject> implements ObjectReader<T> {
  readonly #entries = new Map<string, Entry<T>>();
  /** By uid, the last version seen of an object that this process saw out: nothing more of it is taken. */
  readonly #buried = new Map<string, string>();
  readonly #index: ObjectIndex<T>;
  #writes = 0;

  constructor(indexers: Indexers<T> = {}) {
    this.#index = new ObjectIndex(indexers);
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): T | undefined {
    return this.#entries.get(key)?.object;
  }

  *values(): Iterable<T> {
    for (const { object } of this.#entries.values()) yield object;
  }

  byIndex(index: string, value: string): readonly T[] {
    return this.#index.get(index, value).flatMap((key) => this.get(key) ?? []);
  }

  /** The count of own writes so far. */
  mark(): number {
    return this.#writes;
  }

  /** False when what is here is newer or the same: to store it would change nothing. */
  isNews(object: KubeObject): boolean {
    if (this.#buried.has(object.metadata.uid)) return false;
    const here = this.get(keyOf(object));
    return !here || isNewer(object, here);
  }

  /** Takes an event's object; false when what is here is newer or the same. */
  store(object: T): boolean {
    return this.#admit(object, undefined);
  }

  /** Takes the answer to an own write. */
  overlay(object: T): boolean {
    this.#writes += 1;
    return this.#admit(object, this.#writes);
  }

  /** Takes a deletion event; false when it is about an older object than the one here. */
  drop(object: T): boolean {
    this.#buried.delete(object.metadata.uid);
    const here = this.get(keyOf(object));
    if (!here) return false;
    const same = here.metadata.uid === object.metadata.uid;
    if (!same && !isNewer(object, here)) return false;
    return this.#remove(keyOf(object));
  }

  /** An own write ended `object` for good: whatever older events still say, it stays away. */
  bury(object: KubeObject): boolean {
    this.#writes += 1;
    this.#buried.set(object.metadata.uid, object.metadata.resourceVersion);
    const here = this.get(keyOf(object));
    if (here?.metadata.uid !== object.metadata.uid) return false;
    return this.#remove(keyOf(object));
  }

  /** Takes a complete listing in one step; what it does not name and is not newer than it goes. */
  replace(listing: Listing<T>): ChangedKeys {
    const listed = new Map(listing.objects.map((object) => [keyOf(object) as string, object]));
    const changed: string[] = [];
    // A backup brings objects back under their old uids.
    if (listing.anew) this.#buried.clear();
    for (const [key, entry] of this.#entries) {
      if (!survives(entry, listed.get(key), listing)) {
        this.#remove(key);
        if (!listed.has(key)) changed.push(key);
      }
    }
    for (const [key, object] of listed) if (this.store(object)) changed.push(key);
    this.#forgetBuried(listing);
    return changed;
  }

  #admit(object: T, written: number | undefined): boolean {
    if (!this.isNews(object)) return false;
    const key = keyOf(object);
    this.#index.move(key, this.get(key), object);
    this.#entries.set(key, { object, written });
    return true;
  }

  #remove(key: string): boolean {
    this.#index.move(key, this.get(key), undefined);
    return this.#entries.delete(key);
  }

  /** A listing as new as the burial that no longer names the object is the last that will be heard of it. */
  #forgetBuried({ objects, version }: Listing<T>): void {
    if (this.#buried.size === 0) return;
    const named = new Set(objects.map(({ metadata }) => metadata.uid));
    for (const [uid, seen] of this.#buried)
      if (!named.has(uid) && compareVersions(version, seen) >= 0) this.#buried.delete(uid);
  }
}

function isNewer(object: KubeObject, than: KubeObject): boolean {
  return compareVersions(object.metadata.resourceVersion, than.metadata.resourceVersion) > 0;
}

/** Whether an entry stays, beside or instead of what the listing says of its key. */
function survives<T extends KubeObject>(
  entry: Entry<T>,
  listed: T | undefined,
  listing: Listing<T>,
): boolean {
  const writtenSince = entry.written !== undefined && entry.written > listing.askedAt;
  if (listing.anew && !writtenSince) return false;
  if (listed) return true;
  return compareVersions(entry.object.metadata.resourceVersion, listing.version) > 0;
}
