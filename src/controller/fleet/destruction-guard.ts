import type { Admission } from '../../decide/input.ts';
import type { Destroyed, FleetState, Hold } from '../../model/fleet-state.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Source } from '../../ports/source.ts';
import type { CloudSite } from '../cloud/cloud-site.ts';
import { changeFleet } from './change-fleet.ts';

/** Destructions that nobody asked for are counted over this time. */
const windowMs = 600_000;
/** So many of them are too few to be a mistake that hurts. */
const fewest = 2;
/** Share of a token's droplets that may go unasked within the window. */
const share = 0.02;

/**
 * Bounds how many droplets of one token are destroyed although nobody asked for it. Each is on record before its DELETE, so
 * that a process that crashes again and again destroys no more. Beyond the bound a bot is held until a person confirms.
 */
export class DestructionGuard {
  readonly #source: Source;
  readonly #clock: Clock;
  readonly #onHold: () => void;
  readonly #held = new Map<ResourceKey, string>();
  /** When this process reserved each destruction, by droplet (monotonic ms): the wall clock may have been set since. */
  readonly #reserved = new Map<number, number>();

  constructor(source: Source, clock: Clock, onHold: () => void) {
    this.#source = source;
    this.#clock = clock;
    this.#onHold = onHold;
  }

  /** Takes up a hold that an earlier process stored; returns the bots that a person has confirmed since. */
  restore(hold: Hold | undefined, confirmed: readonly ResourceKey[]): ResourceKey[] {
    for (const key of hold?.keys ?? []) if (!this.#held.has(key)) this.#held.set(key, hold?.since ?? '');
    return confirmed.filter((key) => this.#held.delete(key));
  }

  /** A slot for the destruction of that droplet; asking again is harmless. Throws what the source throws. */
  async ask(key: ResourceKey, dropletID: number, site: CloudSite): Promise<Admission> {
    if (this.#isConfirmed(key)) return { admitted: true };
    if (this.#held.has(key)) return held;
    const most = Math.max(fewest, Math.floor(site.view.size * share));
    if (await this.#reserve(dropletID, site, most)) return { admitted: true };
    this.#held.set(key, new Date(this.#clock.now()).toISOString());
    this.#onHold();
    return held;
  }

  /** Whether the slot is taken: asked by the gate just before the effect. */
  isGranted(key: ResourceKey, dropletID: number): boolean {
    return this.#isConfirmed(key) || this.#young(this.#state).some((one) => one.dropletID === dropletID);
  }

  /** Nothing of the bot is to be destroyed any more. True when it was held, or confirmed. */
  release(key: ResourceKey): boolean {
    const wasHeld = this.#held.delete(key);
    if (wasHeld) this.#onHold();
    return wasHeld || this.#isConfirmed(key);
  }

  hold(): Hold | undefined {
    const [since] = [...this.#held.values()].sort();
    if (since === undefined) return undefined;
    return { kind: 'destroy', since, keys: [...this.#held.keys()].sort(), before: this.#held.size };
  }

  get #state(): FleetState {
    return this.#source.fleet().state;
  }

  #isConfirmed(key: ResourceKey): boolean {
    return this.#state.confirmed.destroy?.includes(key) ?? false;
  }

  async #reserve(dropletID: number, site: CloudSite, most: number): Promise<boolean> {
    const accountUUID = site.situation().identity?.accountUUID ?? '';
    let isTaken = false;
    await changeFleet(this.#source, (state) => {
      const young = this.#young(state);
      const isKnown = young.some((one) => one.dropletID === dropletID);
      isTaken = isKnown || young.filter((one) => one.accountUUID === accountUUID).length < most;
      if (isKnown || !isTaken) return { ...state, destructions: young };
      this.#reserved.set(dropletID, this.#clock.monotonic());
      const at = new Date(this.#clock.now()).toISOString();
      return { ...state, destructions: [...young, { dropletID, accountUUID, at }] };
    });
    return isTaken;
  }

  /** A time in the future counts as now: a clock that was ahead for a while holds back nothing for longer. */
  #young({ destructions = [] }: FleetState): readonly Destroyed[] {
    const now = this.#clock.now();
    const present = destructions.map((one) =>
      Date.parse(one.at) > now ? { ...one, at: new Date(now).toISOString() } : one,
    );
    return present.filter(
      ({ at, dropletID }) => now - Date.parse(at) < windowMs || this.#isRecent(dropletID),
    );
  }

  #isRecent(dropletID: number): boolean {
    const now = this.#clock.monotonic();
    for (const [id, at] of this.#reserved) if (now - at >= windowMs) this.#reserved.delete(id);
    return this.#reserved.has(dropletID);
  }
}

const held: Admission = {
  admitted: false,
  reason: 'DestructionHeld',
  message:
    'More droplets than usual were about to be destroyed without anybody asking for it, so this one is kept: see ' +
    '`clawfleet fleet show`, then `clawfleet confirm destroy NAME` if it is to go',
};
