import { isMassSilence } from '../../decide/agent/silence.ts';
import type { ResourceKey } from '../../model/resource-key.ts';

interface Silent {
  /** Monotonic ms. */
  readonly since: number;
  /** Bots that fall silent within this time of each other do so together. */
  readonly withinMs: number;
}

/**
 * Distinguishes a bot that died from a network that did: when more than a tenth of the bots heard before, and more than three,
 * fall silent within one timeout, nobody is remedied until they are back. HARD-CASES.md#silent-together.
 */
export class MassSilence {
  readonly #silent = new Map<ResourceKey, Silent>();
  readonly #together = new Set<ResourceKey>();
  readonly #heardBefore: () => number;
  readonly #onChange: () => void;

  constructor(heardBefore: () => number, onChange: () => void) {
    this.#heardBefore = heardBefore;
    this.#onChange = onChange;
  }

  /** How many bots are silent together; 0 while they are too few to count as that. */
  get size(): number {
    return this.#together.size;
  }

  isTogether(key: ResourceKey): boolean {
    return this.#together.has(key);
  }

  fellSilent(key: ResourceKey, now: number, withinMs: number): void {
    if (this.#silent.has(key)) return;
    this.#silent.set(key, { since: now, withinMs });
    if (this.#together.size > 0) {
      this.#join([key]);
      return;
    }
    const recent = [...this.#silent].filter(([, silent]) => now - silent.since <= silent.withinMs);
    if (this.#isMass(recent.length)) this.#join(recent.map(([recentKey]) => recentKey));
  }

  /** The bot has been silent since before this process started: with many others, if the record says so. */
  known(key: ResourceKey, together: boolean): void {
    this.#silent.set(key, { since: Number.NEGATIVE_INFINITY, withinMs: 0 });
    if (together) this.#join([key]);
  }

  /** It was heard, or is not listened for any more. */
  over(key: ResourceKey): void {
    this.#silent.delete(key);
    if (!this.#together.delete(key)) return;
    if (!this.#isMass(this.#together.size)) this.#together.clear();
    this.#onChange();
  }

  #isMass(count: number): boolean {
    return isMassSilence(count, this.#heardBefore());
  }

  #join(keys: readonly ResourceKey[]): void {
    for (const key of keys) this.#together.add(key);
    this.#onChange();
  }
}
