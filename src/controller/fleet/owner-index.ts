import { ownStatus } from '../../decide/presence/starting-status.ts';
import type { BotRecord } from '../../model/records.ts';
import type { ResourceKey } from '../../model/resource-key.ts';

/** Which bot a droplet or a uid belongs to, as the bots' records say now. */
export class OwnerIndex {
  /** More than one holder only where somebody put a state together; neither is acted on then. */
  readonly #byDroplet = new Map<number, ResourceKey | readonly ResourceKey[]>();
  readonly #byUID = new Map<string, ResourceKey>();
  readonly #of = new Map<ResourceKey, { uid: string; dropletID: number | undefined }>();

  update(bot: BotRecord): void {
    const dropletID = ownStatus(bot).droplet?.id;
    const before = this.#of.get(bot.key);
    if (before?.uid === bot.uid && before.dropletID === dropletID) return;
    this.remove(bot.key);
    this.#of.set(bot.key, { uid: bot.uid, dropletID });
    this.#byUID.set(bot.uid, bot.key);
    if (dropletID !== undefined) this.#set(dropletID, [...this.holdersOf(dropletID), bot.key]);
  }

  remove(key: ResourceKey): void {
    const before = this.#of.get(key);
    if (!before) return;
    const { uid, dropletID } = before;
    this.#of.delete(key);
    if (this.#byUID.get(uid) === key) this.#byUID.delete(uid);
    if (dropletID !== undefined)
      this.#set(
        dropletID,
        this.holdersOf(dropletID).filter((holder) => holder !== key),
      );
  }

  ofDroplet(id: number): ResourceKey | undefined {
    return this.holdersOf(id)[0];
  }

  /** Every bot that records the droplet. */
  holdersOf(id: number): readonly ResourceKey[] {
    const holders = this.#byDroplet.get(id) ?? [];
    return typeof holders === 'string' ? [holders] : holders;
  }

  ofUID(uid: string): ResourceKey | undefined {
    return this.#byUID.get(uid);
  }

  #set(dropletID: number, holders: readonly ResourceKey[]): void {
    const [first] = holders;
    if (first === undefined) this.#byDroplet.delete(dropletID);
    else this.#byDroplet.set(dropletID, holders.length === 1 ? first : holders);
  }
}
