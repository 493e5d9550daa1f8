import { backOffMs } from '../../kit/back-off.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { Clock } from '../../ports/clock.ts';

/** The limit is probed again after 1, 2, 4 … 15 minutes. */
const firstProbeMs = 60_000;
const longestProbeMs = 900_000;

interface Probe {
  readonly failures: number;
  /** Epoch ms. */
  readonly at: number;
  by: ResourceKey | undefined;
}

/** The cloud account's own droplet limit: once it was reached, one bot at a time tries again, with back-off. */
export class LimitProbe {
  readonly #clock: Clock;
  #probe: Probe | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The limit was reached, and no create has been accepted since. */
  get binds(): boolean {
    return this.#probe !== undefined;
  }

  /** When the next bot tries (epoch ms), while it is not `key`'s turn to; undefined when `key` may create. */
  hinders(key: ResourceKey): number | undefined {
    const probe = this.#probe;
    if (!probe) return undefined;
    return this.#clock.now() < probe.at || (probe.by ?? key) !== key ? probe.at : undefined;
  }

  /** The key creates: if the limit binds, it is the one that tries. */
  begin(key: ResourceKey): void {
    if (this.#probe) this.#probe.by = key;
  }

  /** The key's create is over, or came to nothing. */
  end(key: ResourceKey): void {
    if (this.#probe?.by === key) this.#probe.by = undefined;
  }

  /** The cloud refused a create for its limit; returns when to try again (epoch ms). */
  reached(): number {
    const failures = (this.#probe?.failures ?? 0) + 1;
    const at = this.#clock.now() + backOffMs(failures, firstProbeMs, longestProbeMs);
    this.#probe = { failures, at, by: undefined };
    return at;
  }

  /** A droplet is gone, or the limit was raised: a try is worth while at once. True when it is. */
  roomMade(): boolean {
    if (!this.#probe || this.#probe.by) return false;
    this.#probe = { failures: 0, at: this.#clock.now(), by: undefined };
    return true;
  }

  /** A create was accepted; true when the limit had been binding. */
  lifted(): boolean {
    const bound = this.binds;
    this.#probe = undefined;
    return bound;
  }
}
