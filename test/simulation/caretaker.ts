import { omit } from '../../src/kit/pick.ts';
import { confirmHolds } from '../../src/model/fleet-state.ts';
import { dropletName } from '../../src/model/identity.ts';
import type { BotRecord } from '../../src/model/records.ts';
import type { Chance } from '../../src/ports/chance.ts';
import type { DeclaredFleet } from './declared-fleet.ts';
import type { Ledger } from './ledger.ts';
import { People } from './people.ts';
import type { World } from './world.ts';

/** A person who, at the end of the trouble, does what each condition asks for. */
export class Caretaker {
  readonly #world: World;
  readonly #fleet: DeclaredFleet;
  readonly #ledger: Ledger;
  readonly #chance: Chance;
  readonly #people: People;

  constructor(world: World, fleet: DeclaredFleet, ledger: Ledger, chance: Chance) {
    this.#world = world;
    this.#fleet = fleet;
    this.#ledger = ledger;
    this.#chance = chance;
    this.#people = new People(world, ledger, chance);
  }

  async tend(): Promise<void> {
    const { state } = this.#world.source.fleet();
    if (state.oldState) await this.#world.editFleet((now) => omit(now, 'oldState'));
    for (const { kind, keys } of state.holds) {
      if (kind === 'destroy') for (const key of keys) this.#ledger.confirmed.add(key);
      await this.#world.editFleet((now) => confirmHolds(now, kind, keys));
    }
    for (const bot of this.#world.source.bots()) await this.#help(bot);
    this.#destroyOrphans();
    await this.#world.rescan();
  }

  /** A bot may be gone of which a droplet was denied, or of which a state that was put back knows nothing. */
  #destroyOrphans(): void {
    if (!this.#ledger.hasOldState && !this.#ledger.hasLied) return;
    for (const { orphans } of this.#world.controller.overview().clouds)
      for (const { id } of orphans) this.#ledger.destroy(id);
  }

  async #help(bot: BotRecord): Promise<void> {
    const stalled = bot.status.conditions?.find(({ type }) => type === 'Stalled');
    if (stalled?.status !== 'True') return;
    const { droplet } = bot.status;
    if (stalled.reason === 'FleetForked') await this.#resolve(bot);
    else if (stalled.reason === 'DropletReleased' && droplet) this.#people.giveBack(droplet.id, bot.uid);
    else if (stalled.reason === 'ActionStuck' && droplet)
      this.#world.simulator.edit(droplet.id, { stuck: false });
    else if (stalled.reason === 'ResizeRefused') this.#fleet.resize(bot.name);
    else if (stalled.reason === 'LostTooOften') this.#fleet.redeploy(bot.name);
  }

  /** Says which of the droplets of its name the bot keeps. */
  async #resolve({ key, uid, status }: BotRecord): Promise<void> {
    const named = this.#world.simulator.droplets().filter(({ name }) => name === dropletName(uid));
    const ids = [...new Set([...named.map(({ id }) => id), ...(status.droplet ? [status.droplet.id] : [])])];
    const keep = ids[Math.floor(this.#chance.random() * ids.length)];
    if (keep === undefined) return;
    this.#ledger.resolved.add(key);
    await this.#world.editFleet((state) => {
      const others = (state.resolutions ?? []).filter((one) => one.key !== key);
      return { ...state, resolutions: [...others, { key, keep }] };
    });
  }
}
