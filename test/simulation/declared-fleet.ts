import { resourceUID } from '../../src/adapters/directory/resource-uid.ts';
import { dropletName } from '../../src/model/identity.ts';
import type { Chance } from '../../src/ports/chance.ts';
import type { World } from './world.ts';

interface Declared {
  readonly name: string;
  powerState: 'Running' | 'Stopped';
  size: string;
  tags: string[];
  redeploys: number;
  reboots: number;
  deletionPolicy: 'Delete' | 'Orphan';
}

const sizes = ['s-1vcpu-1gb', 's-1vcpu-2gb', 's-2vcpu-4gb'];

/** What a person declares, changes and takes away, at random; and how often each bot may thus be created. */
export class DeclaredFleet {
  readonly bots = new Map<string, Declared>();
  /** Names of bots ever declared: how often a droplet of theirs may rightly be created. */
  readonly allowedCreates = new Map<string, number>();
  /** Bots that were taken away and whose droplets run on. */
  readonly orphaned = new Set<string>();
  readonly #world: World;
  readonly #chance: Chance;
  /** Names of droplets that were destroyed behind our back: each is rightly created once more. */
  readonly destroyed: string[] = [];
  #meddledDeaths = 0;
  #made = 0;
  #removed: number[] = [];
  /** Names that were taken away and may be declared again. */
  readonly #free: string[] = [];
  #tokens = 0;

  constructor(world: World, chance: Chance) {
    this.#world = world;
    this.#chance = chance;
    const tokenSecretRef = { name: 'cloud', key: 'token' };
    world.declare('account.yaml', manifest('Account', 'acme', { maxBots: 50, tokenSecretRef }));
    this.#rotate();
  }

  add(): void {
    this.#made += 1;
    this.#declare(`bot${this.#made}`);
  }

  #declare(name: string): void {
    this.bots.set(name, {
      name,
      powerState: 'Running',
      size: 's-1vcpu-2gb',
      tags: [],
      redeploys: 0,
      reboots: 0,
      deletionPolicy: this.#chance.random() < 0.3 ? 'Orphan' : 'Delete',
    });
    this.#allowOneMore(name);
    this.#write(name);
  }

  /** Another token for the same cloud account. */
  #rotate(): void {
    this.#tokens += 1;
    const stringData = { token: `token${this.#tokens}` };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'cloud' }, stringData };
    this.#world.declare('secret.yaml', JSON.stringify(secret));
  }

  /** Changes, adds or removes one bot, or has its account's token rotated. */
  change(): void {
    const dice = this.#chance.random();
    const bot = this.#any();
    const free = this.#free[0];
    if (dice < 0.05 && free !== undefined) this.#declare(this.#free.shift() ?? free);
    else if (dice < 0.15 || !bot) this.add();
    else if (dice < 0.3) this.#remove(bot.name);
    else if (dice < 0.35) this.#rotate();
    else this.#edit(bot, dice);
  }

  /** Does something to a droplet as someone in the control panel would. */
  meddle(): void {
    const { simulator } = this.#world;
    const droplets = simulator.droplets();
    const droplet = droplets[Math.floor(this.#chance.random() * droplets.length)];
    if (!droplet) return;
    const dice = this.#chance.random();
    if (dice < 0.4) simulator.edit(droplet.id, { status: droplet.status === 'off' ? 'active' : 'off' });
    else if (dice < 0.7) simulator.edit(droplet.id, { tags: droplet.tags.slice(1) });
    else if (dice < 0.8 && droplet.status !== 'new')
      simulator.edit(droplet.id, { name: 'somebody-elses-idea' });
    else if (dice < 0.9 && this.#meddledDeaths < 2) this.#destroy(droplet.id);
  }

  /** At most two in a run: more would be held as a mass loss. */
  #destroy(id: number): void {
    const { simulator } = this.#world;
    this.#meddledDeaths += 1;
    simulator.destroy(id);
    // The name it was made with: someone may have renamed it since.
    for (const life of simulator.lives.lives()) if (life.id === id) this.destroyed.push(life.name);
  }

  /** Bot by the name of any droplet that was ever rightly made for it: of each time it was declared. */
  names(): ReadonlyMap<string, string> {
    const { fleetID } = this.#world.source.fleet().state;
    const names = new Map<string, string>();
    for (const [bot, creates] of this.allowedCreates)
      for (let incarnation = 0; incarnation < creates; incarnation += 1)
        names.set(dropletName(resourceUID(fleetID, 'Bot', 'default', bot, incarnation)), bot);
    return names;
  }

  #edit(bot: Declared, dice: number): void {
    if (dice < 0.5) bot.powerState = bot.powerState === 'Running' ? 'Stopped' : 'Running';
    else if (dice < 0.65) this.#redeploy(bot);
    else if (dice < 0.8) bot.reboots += 1;
    else if (dice < 0.9) bot.tags = bot.tags.length > 0 ? [] : ['blue'];
    else bot.size = sizes[Math.floor(this.#chance.random() * sizes.length)] ?? bot.size;
    this.#write(bot.name);
  }

  #any(): Declared | undefined {
    const all = [...this.bots.values()];
    return all[Math.floor(this.#chance.random() * all.length)];
  }

  #redeploy(bot: Declared): void {
    bot.redeploys += 1;
    this.#allowOneMore(bot.name);
  }

  #allowOneMore(name: string): void {
    this.allowedCreates.set(name, (this.allowedCreates.get(name) ?? 0) + 1);
  }

  /** At most three within ten minutes: more would be held as a mass loss. */
  #remove(name: string): void {
    const now = this.#world.clock.monotonic();
    this.#removed = this.#removed.filter((at) => now - at < 700_000);
    if (this.#removed.length >= 3) return;
    this.#removed.push(now);
    if (this.bots.get(name)?.deletionPolicy === 'Orphan') this.orphaned.add(name);
    this.#free.push(name);
    this.bots.delete(name);
    this.#world.undeclare(`${name}.yaml`);
  }

  #write(name: string): void {
    const bot = this.bots.get(name);
    if (!bot) return;
    this.#world.declare(`${name}.yaml`, manifest('Bot', name, specOf(bot)));
  }
}

function specOf(bot: Declared): object {
  return {
    accountRef: { name: 'acme' },
    powerState: bot.powerState,
    deletionPolicy: bot.deletionPolicy,
    droplet: { size: bot.size, tags: bot.tags },
    ...(bot.redeploys > 0 && { redeployRequest: `r${bot.redeploys}` }),
    ...(bot.reboots > 0 && { rebootRequest: `b${bot.reboots}` }),
  };
}

function manifest(kind: string, name: string, spec: object): string {
  return JSON.stringify({ apiVersion: 'clawfleet.dev/v1alpha1', kind, metadata: { name }, spec });
}
