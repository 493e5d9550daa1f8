import type { ResourceKey } from '../../model/resource-key.ts';

/** Who has a create or a boot under way, and whether it is for a droplet that was lost. */
export class CreationSlots {
  readonly #isReplacement = new Map<ResourceKey, boolean>();
  #ofReplacements = 0;

  get taken(): number {
    return this.#isReplacement.size;
  }

  get ofReplacements(): number {
    return this.#ofReplacements;
  }

  has(key: ResourceKey): boolean {
    return this.#isReplacement.has(key);
  }

  enter(key: ResourceKey, replacement: boolean): void {
    this.leave(key);
    this.#isReplacement.set(key, replacement);
    if (replacement) this.#ofReplacements += 1;
  }

  /** True when the key had a place. */
  leave(key: ResourceKey): boolean {
    if (this.#isReplacement.get(key)) this.#ofReplacements -= 1;
    return this.#isReplacement.delete(key);
  }
}
