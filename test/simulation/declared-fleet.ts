import { resourceUID } from '../../src/adapters/directory/declaration.ts';
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
  readonly #policies = new Map<string, Declared['deletionPolicy']>();
  /** What was declared of each bot, and when (monotonic ms), oldest first. */
  readonly #history: { readonly at: number; readonly spec: Declared }[] = [];
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
    const policy = this.#chance.random() < 0.3 ? 'Orphan' : 'Delete';
    const deletionPolicy = this.#policies.get(name) ?? policy;
    this.#policies.set(name, deletionPolicy);
    this.bots.set(name, {
      name,
      powerState: 'Running',
      size: 's-1vcpu-2gb',
      tags: [],
      redeploys: 0,
      reboots: 0,
      deletionPolicy,
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

  /** A person asks for another size. */
  resize(name: string): void {
    const bot = this.bots.get(name);
    if (!bot) return;
    bot.size = sizes.find((size) => size !== bot.size) ?? bot.size;
    this.#write(name);
  }

  /** A person asks for another droplet. */
  redeploy(name: string): void {
    const bot = this.bots.get(name);
    if (!bot) return;
    this.#redeploy(bot);
    this.#write(name);
  }

  /** Of the bot, whether it is still declared or not. */
  policyOf(name: string): 'Delete' | 'Orphan' | undefined {
    return this.#policies.get(name);
  }

  /** What was declared of the bot within the last ten minutes, at any time of these. */
  lately(name: string): Pick<Declared, 'powerState' | 'size' | 'redeploys'>[] {
    const since = this.#world.clock.monotonic() - 600_000;
    const all = this.#history.filter(({ spec }) => spec.name === name);
    return all.filter((_, index) => (all[index + 1]?.at ?? Infinity) >= since).map(({ spec }) => spec);
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
    this.#history.push({ at: this.#world.clock.monotonic(), spec: { ...bot } });
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
