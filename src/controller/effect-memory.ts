import type { Clock } from '../ports/clock.ts';

/** Effects are remembered this long; no rule asks further back. */
const memoryMs = 600_000;

/** When this process last carried out each effect of each bot, so that none is repeated before it can show. */
export class EffectMemory {
  readonly #clock: Clock;
  readonly #byUID = new Map<string, Map<string, number>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(uid: string, signature: string): void {
    const effects = this.#byUID.get(uid) ?? new Map<string, number>();
    const now = this.#clock.monotonic();
    for (const [old, at] of effects) if (now - at >= memoryMs) effects.delete(old);
    effects.set(signature, now);
    this.#byUID.set(uid, effects);
  }

  /** Milliseconds since the effect, or undefined. */
  since(uid: string, signature: string): number | undefined {
    const at = this.#byUID.get(uid)?.get(signature);
    if (at === undefined) return undefined;
    const ms = this.#clock.monotonic() - at;
    return ms < memoryMs ? ms : undefined;
  }

  /** It is no longer so. */
  undo(uid: string, signature: string): void {
    this.#byUID.get(uid)?.delete(signature);
  }

  forget(uid: string): void {
    this.#byUID.delete(uid);
  }
}
