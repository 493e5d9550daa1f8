import type { RecentEffect } from '../../decide/effect.ts';
import type { Clock } from '../../ports/clock.ts';

/** An effect is remembered this much longer than the longest setting that a rule waits for, so that the rule ends first. */
const beyondMs = 600_000;

interface NotedEffect {
  readonly signature: string;
  /** Monotonic, ms. */
  readonly at: number;
  readonly times: number;
  readonly actionID?: number;
  /** When its action was last found in progress. */
  readonly openAt?: number;
}

/** When this process last carried out each effect of each bot, so that none is repeated before it can show. */
export class RecentEffects {
  readonly #clock: Clock;
  /** Effects by uid, the latest last; the uid with the latest effect is last. Arrays: a bot has one or two, and Maps take three times the memory. */
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

  /** `actionID`: of the cloud's action that the effect began, if it began one. */
  note(uid: string, signature: string, actionID?: number): void {
    const now = this.#clock.monotonic();
    const young = this.#of(uid).filter((effect) => this.#isYoung(effect, now));
    const latest = young.at(-1);
    const times = latest?.signature === signature ? latest.times + 1 : 1;
    const others = young.filter((effect) => effect.signature !== signature);
    this.#byUID.delete(uid);
    this.#byUID.set(uid, [
      ...others,
      { signature, at: now, times, ...(actionID !== undefined && { actionID }) },
    ]);
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
      .map(({ at, openAt, ...effect }) => ({ ...effect, sinceMs: now - at }));
  }

  /** The effect's action is still in progress: the effect is remembered as long as reads keep showing that. */
  stillOpen(uid: string, actionID: number): void {
    const effects = this.#of(uid);
    if (!effects.some((effect) => effect.actionID === actionID)) return;
    const openAt = this.#clock.monotonic();
    this.#byUID.set(
      uid,
      effects.map((effect) => (effect.actionID === actionID ? { ...effect, openAt } : effect)),
    );
  }

  /** The effect did not happen, or no longer holds. */
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

  #isYoung({ at, openAt = at }: NotedEffect, now: number): boolean {
    return now - openAt < this.#memoryMs;
  }
}
