import type { BotRecord } from '../model/records.ts';
import type { ResourceKey } from '../model/resource-key.ts';

/** Which bot a droplet or a uid belongs to, as the bots' records say now. */
export class Owners {
  readonly #byDroplet = new Map<number, ResourceKey>();
  readonly #byUID = new Map<string, ResourceKey>();
  readonly #of = new Map<ResourceKey, { uid: string; dropletID: number | undefined }>();

  update(bot: BotRecord): void {
    const dropletID = bot.status.droplet?.id;
    const before = this.#of.get(bot.key);
    if (before?.uid === bot.uid && before.dropletID === dropletID) return;
    this.remove(bot.key);
    this.#of.set(bot.key, { uid: bot.uid, dropletID });
    this.#byUID.set(bot.uid, bot.key);
    if (dropletID !== undefined) this.#byDroplet.set(dropletID, bot.key);
  }

  remove(key: ResourceKey): void {
    const before = this.#of.get(key);
    if (!before) return;
    this.#of.delete(key);
    if (this.#byUID.get(before.uid) === key) this.#byUID.delete(before.uid);
    if (before.dropletID !== undefined && this.#byDroplet.get(before.dropletID) === key) {
      this.#byDroplet.delete(before.dropletID);
    }
  }

  ofDroplet(id: number): ResourceKey | undefined {
    return this.#byDroplet.get(id);
  }

  ofUID(uid: string): ResourceKey | undefined {
    return this.#byUID.get(uid);
  }
}
