import type { FaultRule } from '../../src/adapters/simulator/faults/fault-rule.ts';
import type { PanelOrder } from '../../src/adapters/simulator/world/panel-order.ts';
import type { ResourceKey } from '../../src/model/resource-key.ts';
import type { World } from './world.ts';

/** A time in which the cloud denied that droplets live; monotonic ms. */
interface Lie {
  readonly from: number;
  readonly until: number;
  readonly hides: (id: number) => boolean;
  /** Lists lack so many of them at once that it can be seen through. */
  readonly isPlain: boolean;
}

/** What is decided may rest on a listing that is so old, in ms. */
const listAgeMs = 60_000;

/** What people did and how the cloud lied: what the oracles hold a controller excused by. */
export class Ledger {
  /** Droplets that people made. */
  readonly byHand = new Set<number>();
  /** Droplets whose name or tags people changed. */
  readonly changed = new Set<number>();
  /** Droplets that any bot ever had on record. */
  readonly recorded = new Set<number>();
  /** Droplets whose end a controller ordered: one 404 and a listing are proof enough of that. */
  readonly ordered = new Set<number>();
  /** Names of droplets that people destroyed. */
  readonly destroyed: string[] = [];
  /** Bots for which a person said which droplet to keep. */
  readonly resolved = new Set<ResourceKey>();
  /** Bots for which a person confirmed that droplets are destroyed. */
  readonly confirmed = new Set<ResourceKey>();
  /** A state without all that its fleet has done was in force: what it does not know, it leaves as it is. */
  hasOldState = false;
  /** The cloud has denied droplets. */
  hasLied = false;
  readonly #world: World;
  readonly #lies: Lie[] = [];
  /** Until when a second controller ran (monotonic ms). */
  #twinUntil = Number.NEGATIVE_INFINITY;

  constructor(world: World) {
    this.#world = world;
  }

  /** A person makes droplets. */
  make(order: PanelOrder): void {
    for (const { id } of this.#world.simulator.restoreByHand(order)) this.byHand.add(id);
  }

  rename(id: number, name: string): void {
    this.changed.add(id);
    this.#world.simulator.edit(id, { name });
  }

  tag(id: number, tags: readonly string[]): void {
    this.changed.add(id);
    this.#world.simulator.edit(id, { tags: [...tags] });
  }

  destroy(id: number): void {
    const { simulator } = this.#world;
    simulator.destroy(id);
    // The name it was made with: someone may have renamed it since.
    for (const life of simulator.lives.lives()) if (life.id === id) this.destroyed.push(life.name);
  }

  /** The cloud denies for `forMs` that the droplets meant live. */
  hide(forMs: number, droplets: FaultRule['droplets'], match: FaultRule['match']): void {
    this.#world.simulator.faults.order({
      effect: 'hide',
      forMs,
      ...(droplets && { droplets }),
      ...(match && { match }),
    });
    const from = this.#world.clock.monotonic();
    const { ids, every } = droplets ?? {};
    this.hasLied = true;
    const hides = (id: number) => ids?.includes(id) ?? (every === undefined || id % every === 0);
    this.#lies.push({
      from,
      until: from + forMs,
      hides,
      isPlain: match?.path !== '/v2/droplets/*' && this.#isOfMost(hides),
    });
  }

  /** Whether the cloud denies that droplet at `now` (monotonic ms), or did a moment ago. */
  isDenied(id: number, now: number): boolean {
    return this.#lies.some(({ from, until, hides }) => hides(id) && from <= now && now - until < listAgeMs);
  }

  /** Whether the cloud denies anything now. */
  get isLying(): boolean {
    return this.#lies.some(({ until }) => until > this.#world.clock.monotonic());
  }

  #isOfMost(hides: Lie['hides']): boolean {
    const there = this.#world.simulator
      .droplets()
      .filter(({ id, status, dying }) => this.recorded.has(id) && status !== 'new' && !dying);
    const hidden = there.filter(({ id }) => hides(id)).length;
    return hidden > 1 && hidden > there.length / 2;
  }

  /**
   * Whether the cloud denied that droplet for at least `longMs` (ms), not before `since` (monotonic ms), and not together with
   * most others.
   */
  wasDenied(id: number, longMs: number, since: number): boolean {
    const now = this.#world.clock.monotonic();
    return this.#lies.some(
      ({ from, until, hides, isPlain }) =>
        !isPlain && hides(id) && until >= since && Math.min(until, now) - from >= longMs,
    );
  }

  /** A second controller begins or ends. */
  meetTwin(begins: boolean): void {
    this.hasOldState = true;
    this.#twinUntil = begins ? Number.POSITIVE_INFINITY : this.#world.clock.monotonic();
  }

  /** Whether a second controller ran at or after `since` (monotonic ms). */
  hadTwin(since: number): boolean {
    return this.#twinUntil >= since;
  }
}
