import type { Collection, Document } from 'mongodb';
import type { AnyRecord } from '../../../model/records.ts';
import type { ResourceKey } from '../../../model/resource-key.ts';
import type { Clock } from '../../../ports/clock.ts';
import { answered } from '../client/answered.ts';
import { collectionExists } from './document-reads.ts';

/** Fewer that go at once are no mass. */
const fewest = 4;

/** What a read did not find: all that there should be, all that it looked for, or some of it. */
export type Missing = 'all' | 'those looked for' | 'some';

/** Something that happened to the collection as a whole. */
export interface Upheaval {
  readonly reason: string;
}

export interface WholesaleLossParts {
  readonly collection: Collection<Document>;
  readonly clock: Clock;
  readonly records: ReadonlyMap<ResourceKey, AnyRecord>;
}

/** Tells documents that somebody removed from those that went with their collection: nobody decided about each of these. */
export class WholesaleLoss {
  readonly #parts: WholesaleLossParts;
  /** Since the last complete pass began. */
  #upheaval: Upheaval | undefined;

  constructor(parts: WholesaleLossParts) {
    this.#parts = parts;
  }

  /** What happened to the collection, for `over`. */
  get upheaval(): Upheaval | undefined {
    return this.#upheaval;
  }

  /** The collection is not what it was: what the next complete pass does not find is gone for that reason. */
  upset(reason: string): void {
    this.#upheaval = { reason };
  }

  /** A complete pass began when `upheaval` was the last; one that came meanwhile is for the next pass. */
  over(upheaval: Upheaval | undefined): void {
    if (this.#upheaval === upheaval) this.#upheaval = undefined;
  }

  /** Why these went together without that anybody removed each of them; undefined when they were removed. */
  async reasonOf(keys: readonly ResourceKey[], missing: Missing): Promise<string | undefined> {
    return (await this.#ofCollection(keys.length, missing)) ?? this.#tooMany(keys);
  }

  async #ofCollection(count: number, missing: Missing): Promise<string | undefined> {
    const { collection, clock } = this.#parts;
    const name = `the collection ${collection.collectionName}`;
    if (this.#upheaval) return `${name} ${this.#upheaval.reason}`;
    if (missing === 'some') return undefined;
    if (!(await answered(clock, collectionExists(collection)))) return `${name} does not exist any more`;
    return missing === 'all' && count > 1 ? `${name} is empty` : undefined;
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
    return going >= fewest && going > live / 2
      ? `${going} of ${live} documents of the collection ${collection.collectionName} are gone at once`
      : undefined;
  }
}

/** Nobody has asked for its end yet. */
export function isLive(record: AnyRecord): boolean {
  return !('deletion' in record && record.deletion);
}
