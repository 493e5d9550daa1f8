import type { ResourceKey } from '../../model/resource-key.ts';

/** Droplets on their way to another state, by the bot that waits for each. */
export class WatchList {
  readonly #byBot = new Map<ResourceKey, number>();

  get size(): number {
    return this.#byBot.size;
  }

  /** The droplet that the bot waits for, or none; true when it is one that it did not wait for before. */
  set(key: ResourceKey, dropletID: number | undefined): boolean {
    if (dropletID === undefined) return this.#byBot.delete(key) && false;
    if (this.#byBot.get(key) === dropletID) return false;
    this.#byBot.set(key, dropletID);
    return true;
  }

  /** Each droplet once. */
  ids(): number[] {
    return [...new Set(this.#byBot.values())];
  }

  watcherOf(dropletID: number): ResourceKey | undefined {
    for (const [key, watched] of this.#byBot) if (watched === dropletID) return key;
    return undefined;
  }
}
