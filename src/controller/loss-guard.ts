import { isMassLoss, massLossWindowMs } from '../decide/mass-loss.ts';
import type { Hold } from '../model/fleet-state.ts';
import type { ResourceKey } from '../model/resource-key.ts';
import type { Clock } from '../ports/clock.ts';

/**
 * Watches one kind of loss: bots no longer declared, or droplets that vanished. When too many go within ten minutes,
 * all of them are held until they return or someone confirms.
 */
export class LossGuard {
  readonly #clock: Clock;
  readonly #kind: Hold['kind'];
  readonly #onHold: () => void;
  readonly #present = new Set<ResourceKey>();
  readonly #lost = new Map<ResourceKey, number>();
  readonly #held = new Set<ResourceKey>();
  #confirmed: ReadonlySet<ResourceKey> = new Set();
  #before = 0;
  #since = '';

  constructor(clock: Clock, kind: Hold['kind'], onHold: () => void) {
    this.#clock = clock;
    this.#kind = kind;
    this.#onHold = onHold;
  }

  /** Takes up the hold and the confirmations that were stored. */
  restore(hold: Hold | undefined, confirmed: readonly ResourceKey[]): ResourceKey[] {
    this.#confirmed = new Set(confirmed);
    if (hold && this.#held.size === 0) this.#adopt(hold);
    const freed = [...this.#held].filter((key) => this.#confirmed.has(key));
    for (const key of freed) this.#held.delete(key);
    return freed;
  }

  present(key: ResourceKey): void {
    this.#present.add(key);
    this.#lost.delete(key);
    if (this.#held.delete(key)) this.#onHold();
  }

  /** Counts a loss, once. */
  lost(key: ResourceKey): void {
    if (this.#lost.has(key) || this.#held.has(key)) return;
    this.#present.delete(key);
    this.#lost.set(key, this.#clock.monotonic());
    this.#judge();
  }

  /** A listing misses these: held at once when they are many, until each is looked at and found alive or gone. */
  suspect(keys: readonly ResourceKey[]): void {
    const fresh = keys.filter((key) => this.#present.has(key) && !this.#confirmed.has(key));
    const lost = new Set([...fresh, ...this.#counted()]);
    if (!isMassLoss(lost.size, this.#present.size - fresh.length)) return;
    this.#holdAll(lost, this.#present.size + lost.size - fresh.length);
  }

  /** The loss has been dealt with, or the bot is gone for good: it still counts, but is not held. */
  forget(key: ResourceKey): void {
    this.#present.delete(key);
    if (this.#held.delete(key)) this.#onHold();
  }

  isHeld(key: ResourceKey): boolean {
    return this.#held.has(key);
  }

  hold(): Hold | undefined {
    if (this.#held.size === 0) return undefined;
    return { kind: this.#kind, since: this.#since, keys: [...this.#held].sort(), before: this.#before };
  }

  #judge(): void {
    const counted = this.#counted();
    if (isMassLoss(counted.length, this.#present.size))
      this.#holdAll(counted, counted.length + this.#present.size);
  }

  /** Losses of the last ten minutes that nobody has confirmed. */
  #counted(): ResourceKey[] {
    const now = this.#clock.monotonic();
    for (const [key, at] of this.#lost) if (now - at >= massLossWindowMs) this.#lost.delete(key);
    return [...this.#lost.keys()].filter((key) => !this.#confirmed.has(key));
  }

  #holdAll(keys: Iterable<ResourceKey>, before: number): void {
    if (this.#held.size === 0) this.#since = new Date(this.#clock.now()).toISOString();
    this.#before = Math.max(this.#before, before);
    for (const key of keys) this.#held.add(key);
    this.#onHold();
  }

  #adopt(hold: Hold): void {
    this.#since = hold.since;
    this.#before = hold.before;
    for (const key of hold.keys) this.#held.add(key);
  }
}
