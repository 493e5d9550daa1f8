import type { RecentEffect } from '../decide/effect.ts';
import type { Clock } from '../ports/clock.ts';

/** How much longer an effect is remembered than the longest of the settings that rules wait for, so that it does not end first. */
const beyondMs = 600_000;

interface NotedEffect {
  readonly signature: string;
  /** Monotonic, ms. */
  readonly at: number;
}

/** When this process last carried out each effect of each bot, so that none is repeated before it can show. */
export class EffectMemory {
  readonly #clock: Clock;
  /** Of each uid, the latest last; those with the latest effect last. Lists, for a bot has one or two: maps take thrice as much. */
  readonly #byUID = new Map<string, readonly NotedEffect[]>();

  readonly #memoryMs: number;

  /** `longestMs`: no rule asks further back. */
  constructor(clock: Clock, longestMs: number) {
    this.#clock = clock;
    this.#memoryMs = longestMs + beyondMs;
  }

  /** Bots of which an effect is remembered. */
  get size(): number {
    return this.#byUID.size;
  }

  note(uid: string, signature: string): void {
    const now = this.#clock.monotonic();
    const others = this.#of(uid).filter(
      (effect) => effect.signature !== signature && this.#isYoung(effect, now),
    );
    this.#byUID.delete(uid);
    this.#byUID.set(uid, [...others, { signature, at: now }]);
    this.#dropOld(now);
  }

  /** Milliseconds since the effect, or undefined. */
  since(uid: string, signature: string): number | undefined {
    const now = this.#clock.monotonic();
    const effect = this.#of(uid).find((noted) => noted.signature === signature);
    return effect && this.#isYoung(effect, now) ? now - effect.at : undefined;
  }

  /** Everything remembered of the bot. */
  of(uid: string): RecentEffect[] {
    const now = this.#clock.monotonic();
    return this.#of(uid)
      .filter((effect) => this.#isYoung(effect, now))
      .map(({ signature, at }) => ({ signature, sinceMs: now - at }));
  }

  /** It is no longer so. */
  undo(uid: string, signature: string): void {
    const effects = this.#of(uid);
    if (effects.length > 0)
      this.#byUID.set(
        uid,
        effects.filter((effect) => effect.signature !== signature),
      );
  }

  forget(uid: string): void {
    this.#byUID.delete(uid);
  }

  #of(uid: string): readonly NotedEffect[] {
    return this.#byUID.get(uid) ?? [];
  }

  #dropOld(now: number): void {
    for (const [uid, effects] of this.#byUID) {
      if (effects.some((effect) => this.#isYoung(effect, now))) return;
      this.#byUID.delete(uid);
    }
  }

  #isYoung({ at }: NotedEffect, now: number): boolean {
    return now - at < this.#memoryMs;
  }
}
