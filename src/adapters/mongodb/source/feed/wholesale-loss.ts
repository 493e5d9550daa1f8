import { isMassLoss } from '../../../../model/mass-loss.ts';
import type { AnyRecord, BotRecord, Deletion } from '../../../../model/records.ts';
import type { ResourceKey } from '../../../../model/resource-key.ts';
import { KnownCollection, type KnownCollectionParts } from './known-collection.ts';

/** Something that happened to the collection as a whole. */
export interface CollectionReset {
  readonly reason: string;
}

export interface WholesaleLossParts extends KnownCollectionParts {
  readonly records: ReadonlyMap<ResourceKey, AnyRecord>;
}

/** Tells documents that somebody removed from those that went with their collection: nobody decided about each of these. */
export class WholesaleLoss {
  readonly #parts: WholesaleLossParts;
  readonly known: KnownCollection;
  /** Since the last complete pass began. */
  #upheaval: CollectionReset | undefined;

  constructor(parts: WholesaleLossParts) {
    this.#parts = parts;
    this.known = new KnownCollection(parts);
  }

  /** What happened to the collection, for `over`. */
  get upheaval(): CollectionReset | undefined {
    return this.#upheaval;
  }

  /** The collection is not what it was: what the next complete pass does not find is gone for that reason. */
  reset(reason: string): void {
    this.#upheaval = { reason };
  }

  /** A complete pass began when `upheaval` was the last; one that came meanwhile is for the next pass. */
  over(upheaval: CollectionReset | undefined): void {
    if (this.#upheaval === upheaval) this.#upheaval = undefined;
  }

  /** Why these went together without that anybody removed each of them; undefined when they were removed. */
  async reasonOf(keys: readonly ResourceKey[]): Promise<string | undefined> {
    const name = `the collection ${this.#parts.collection.collectionName}`;
    const what = this.#upheaval?.reason ?? (await this.known.change());
    return what === undefined ? this.#tooMany(keys) : `${name} ${what}`;
  }

  /**
   * Where most of what there is goes in one look, each record says so: storing them takes a while, and the first ones
   * must not be dealt with before the last ones are counted.
   */
  #tooMany(keys: readonly ResourceKey[]): string | undefined {
    const { records, collection } = this.#parts;
    const live = [...records.values()].filter(isLive).length;
    const going = keys.filter((key) => {
      const record = records.get(key);
      return record && isLive(record);
    }).length;
    return isMassLoss(going, live - going)
      ? `${going} of ${live} documents of the collection ${collection.collectionName} are gone at once`
      : undefined;
  }
}

/** Nobody has asked for its end yet. */
export function isLive(record: AnyRecord): boolean {
  return deletionOf(record) === undefined;
}

/** Its document is gone, which may still turn out to be no decision: nothing of it has ended yet. */
export function isMissed(record: AnyRecord): boolean {
  const deletion = deletionOf(record);
  const isSingle = deletion?.implicit === true && deletion.wholesale === undefined;
  return isSingle && (record as BotRecord).status.phase !== 'Deleting';
}

function deletionOf(record: AnyRecord): Deletion | undefined {
  return 'deletion' in record ? record.deletion : undefined;
}
