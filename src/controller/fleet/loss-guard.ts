import type { Hold } from '../../model/fleet-state.ts';
import { emptinessMs, isEmptied, isMassLoss, massLossWindowMs } from '../../model/mass-loss.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { Clock } from '../../ports/clock.ts';

/** When a hold ends by itself. */
interface Lapse {
  /** Monotonic ms. */
  readonly at: number;
  /** The same, ISO 8601. */
  readonly until: string;
}

interface Loss {
  /** Monotonic ms. */
  readonly at: number;
  /** Nothing is left of it that could be held. */
  gone: boolean;
}

/**
 * Watches one kind of loss: bots no longer declared, or droplets that vanished. When too many go within ten minutes,
 * all of them are held until they return or someone confirms. The last bots of a source are held however few they are;
 * that hold lapses in the end. A loss counts for its ten minutes even if it was dealt with meanwhile; only what is still
 * missing can be held.
 */
export class LossGuard {
  readonly #clock: Clock;
  readonly #kind: Hold['kind'];
  readonly #onHold: () => void;
  readonly #present = new Set<ResourceKey>();
  readonly #lost = new Map<ResourceKey, Loss>();
  readonly #held = new Set<ResourceKey>();
  #confirmed: ReadonlySet<ResourceKey> = new Set();
  #restored = false;
  #before = 0;
  #since = '';
  #lapse: Lapse | undefined;

  constructor(clock: Clock, kind: Hold['kind'], onHold: () => void) {
    this.#clock = clock;
    this.#kind = kind;
    this.#onHold = onHold;
  }

  /** Takes up what was confirmed, and at first the stored hold too; returns what is free to go on. */
  restore(hold: Hold | undefined, confirmed: readonly ResourceKey[]): ResourceKey[] {
    this.#confirmed = new Set(confirmed);
    if (hold && !this.#restored) this.#adopt(hold);
    this.#restored = true;
    for (const key of confirmed) this.#lost.delete(key);
    const freed = [...this.#held].filter((key) => this.#confirmed.has(key));
    for (const key of freed) this.#held.delete(key);
    return freed;
  }

  /** What was confirmed is not any more: it counts as lost like all else. */
  unconfirm(): void {
    this.#confirmed = new Set();
    this.#judge([]);
  }

  /** On record as being there; whether it still is, nobody has looked. */
  known(key: ResourceKey): void {
    if (!this.#held.has(key) && !this.#lost.has(key)) this.#present.add(key);
  }

  /** It is there, again or still. */
  present(key: ResourceKey): void {
    this.#present.add(key);
    if (this.#held.delete(key)) this.#onHold();
  }

  /** It was not lost at all: what seemed so is taken back. */
  returned(key: ResourceKey): void {
    this.#lost.delete(key);
    this.present(key);
  }

  /** Counts a loss, once until it is present again. */
  lost(key: ResourceKey): void {
    if (this.#lost.has(key) && !this.#present.has(key)) return;
    this.#present.delete(key);
    this.#lost.set(key, { at: this.#clock.monotonic(), gone: false });
    this.#judge([]);
  }

  /** A loss of `ageMs` ago that an earlier process counted: it is `gone` for good, or may be `missing` still. */
  recall(key: ResourceKey, ageMs: number, what: 'gone' | 'missing'): void {
    this.#lost.set(key, { at: this.#clock.monotonic() - ageMs, gone: what === 'gone' });
  }

  /** Holds it however few are lost, unless its loss was confirmed. */
  seize(key: ResourceKey): void {
    if (this.#confirmed.has(key)) return;
    this.#present.delete(key);
    if (!this.#lost.has(key)) this.#lost.set(key, { at: this.#clock.monotonic(), gone: false });
    this.#holdAll(new Set([...this.#held, key]), this.#present.size, undefined);
    // What went one by one just before may have been the first of the same.
    this.#judge([]);
  }

  /** A listing misses these: held at once when they are many, until each is looked at and found alive or gone. */
  suspect(keys: readonly ResourceKey[]): void {
    const fresh = keys.filter((key) => this.#present.has(key) && !this.#confirmed.has(key));
    if (fresh.length > 0) this.#judge(fresh);
  }

  /** The bot is gone for good: its loss still counts, but there is nothing left to hold. */
  forget(key: ResourceKey): void {
    this.#present.delete(key);
    const loss = this.#lost.get(key);
    if (loss) loss.gone = true;
    if (this.#held.delete(key)) this.#onHold();
  }

  isHeld(key: ResourceKey): boolean {
    return this.#held.has(key);
  }

  /** When what is held goes on by itself; undefined where only its return or a person ends the hold. */
  get lapse(): Lapse | undefined {
    return this.#held.size > 0 ? this.#lapse : undefined;
  }

  /** The time until the hold lapses begins again: nobody could see whether the source was still empty. */
  postpone(): void {
    if (!this.lapse) return;
    this.#lapse = this.#nextLapse();
    this.#onHold();
  }

  hold(): Hold | undefined {
    if (this.#held.size === 0) return undefined;
    const until = this.#lapse && { until: this.#lapse.until };
    return {
      kind: this.#kind,
      since: this.#since,
      keys: [...this.#held].sort(),
      before: this.#before,
      ...until,
    };
  }

  #judge(suspects: readonly ResourceKey[]): void {
    const missing = new Set([...this.#counted(), ...suspects]);
    let left = 0;
    for (const key of this.#present) if (!missing.has(key)) left += 1;
    const isMass = isMassLoss(missing.size, left);
    if (!isMass && !(this.#kind === 'delete' && isEmptied(missing.size, left))) return;
    const suspected = new Set(suspects);
    const toHold = new Set([...missing].filter((key) => suspected.has(key) || this.#isMissing(key)));
    this.#holdAll(toHold, missing.size + left - toHold.size, isMass ? undefined : this.#nextLapse());
  }

  #isMissing(key: ResourceKey): boolean {
    return !this.#present.has(key) && this.#lost.get(key)?.gone !== true;
  }

  /** What is held, and losses of the last ten minutes; none that somebody has confirmed. */
  #counted(): ResourceKey[] {
    const now = this.#clock.monotonic();
    for (const [key, { at }] of this.#lost) if (now - at >= massLossWindowMs) this.#lost.delete(key);
    return [...this.#held, ...this.#lost.keys()].filter((key) => !this.#confirmed.has(key));
  }

  /** `others`: how many there were before beside these. A hold that has no end gets none by a later loss. */
  #holdAll(keys: ReadonlySet<ResourceKey>, others: number, lapse: Lapse | undefined): void {
    const isLasting = this.#held.size > 0 && !this.#lapse;
    const fresh = [...keys].filter((key) => !this.#held.has(key));
    if (fresh.length === 0 && (lapse || isLasting)) return;
    if (this.#held.size === 0) this.#begin(new Date(this.#clock.now()).toISOString(), 0);
    this.#before = Math.max(this.#before, others + keys.size);
    this.#lapse = isLasting ? undefined : lapse;
    for (const key of fresh) this.#held.add(key);
    this.#onHold();
  }

  #nextLapse(): Lapse {
    return {
      at: this.#clock.monotonic() + emptinessMs,
      until: new Date(this.#clock.now() + emptinessMs).toISOString(),
    };
  }

  /** How long a source was empty while no process looked, nobody knows: the time until the hold lapses begins again. */
  #adopt(hold: Hold): void {
    this.#begin(hold.since, hold.before);
    this.#lapse = hold.until === undefined ? undefined : this.#nextLapse();
    for (const key of hold.keys) {
      this.#held.add(key);
      this.#present.delete(key);
    }
    if (this.#lapse) this.#onHold();
  }

  #begin(since: string, before: number): void {
    this.#since = since;
    this.#before = before;
  }
}
