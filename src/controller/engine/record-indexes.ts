import type { BotRecord } from '../../model/records.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { CloudSite } from '../cloud/cloud-site.ts';

/** Something that the engine keeps in step with the bots' records. Each method is called in the turn of its news. */
export interface RecordIndex {
  /** The source has the record so: at the start, and whenever it reports a change. */
  update?(bot: BotRecord): void;
  /** After `update`; at the start only once all records are known, so that no bot counts as lost before. */
  judgeDeletion?(bot: BotRecord): void;
  /** A pass has stored the record. */
  stored?(bot: BotRecord, site: CloudSite): void;
  /** A pass has ended, whether it stored anything or not. */
  passEnded?(bot: BotRecord): void;
  /** A pass has removed the finalizer: nothing is left of the bot. */
  released?(bot: BotRecord, site: CloudSite): void;
  /** The source has no such record any more. */
  remove?(key: ResourceKey): void;
}

/** All indexes over the bots' records. Whatever happens to a record reaches every one of them from here. */
export class RecordIndexes {
  readonly #indexes: readonly RecordIndex[];

  constructor(indexes: readonly RecordIndex[]) {
    this.#indexes = indexes;
  }

  update(bot: BotRecord): void {
    for (const index of this.#indexes) index.update?.(bot);
  }

  judgeDeletion(bot: BotRecord): void {
    for (const index of this.#indexes) index.judgeDeletion?.(bot);
  }

  /** What the source has by this key now. */
  changed(key: ResourceKey, bot: BotRecord | undefined): void {
    if (!bot) {
      for (const index of this.#indexes) index.remove?.(key);
      return;
    }
    this.update(bot);
    this.judgeDeletion(bot);
  }

  stored(bot: BotRecord, site: CloudSite): void {
    for (const index of this.#indexes) index.stored?.(bot, site);
  }

  passEnded(bot: BotRecord): void {
    for (const index of this.#indexes) index.passEnded?.(bot);
  }

  released(bot: BotRecord, site: CloudSite): void {
    for (const index of this.#indexes) index.released?.(bot, site);
  }
}
