import type { BotRecord } from '../../model/records.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { CloudSite } from '../cloud/cloud-site.ts';

/** Something that the engine keeps in step with the bots' records. Each method is called in the turn in which it happens. */
export interface RecordIndex {
  /** The record as the source has it: at the start, and whenever the source reports a change. */
  update?(bot: BotRecord): void;
  /** Judges a bot's deletion: after `update`, and at the start only once all records are known. */
  judgeDeletion?(bot: BotRecord): void;
  /** A pass has stored the record. */
  stored?(bot: BotRecord, site: CloudSite): void;
  /** A pass has ended, whether it stored anything or not. */
  passEnded?(bot: BotRecord): void;
  /** A pass has removed the finalizer: nothing is left of the bot. */
  released?(bot: BotRecord, site: CloudSite): void;
  /** The record is gone from the source. */
  remove?(key: ResourceKey): void;
}

/** All indexes over the bots' records: whatever happens to a record reaches each of them from here, in their order. */
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

  /** The source reports a change; `bot` is its present record, undefined if that is gone. */
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
