import { cpSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { sourceIdentity } from '../../src/adapters/directory/records/fleet-record.ts';
import { omit } from '../../src/kit/pick.ts';
import { birthTag } from '../../src/model/birth.ts';
import { confirmHolds, type Hold } from '../../src/model/fleet-state.ts';
import type { BotRecord } from '../../src/model/records.ts';
import { type ResourceKey, resourceKey } from '../../src/model/resource-key.ts';
import { World, type WorldOptions } from '../simulation/world.ts';

/** The whole product in virtual time, with what a person or the cloud does to it in a few words. */
export class FleetBed extends World {
  /** Ends with the test. */
  constructor(test: TestContext, options: Partial<WorldOptions> = {}) {
    super({ seed: 1, ...options });
    test.after(() => this.close());
    this.account();
  }

  account(spec: object = { maxBots: 50 }, name = 'acme'): void {
    this.declare(`account-${name}.yaml`, manifest('Account', name, spec));
  }

  bot(name: string, spec: object = {}): void {
    this.declare(`${name}.yaml`, manifest('Bot', name, { accountRef: { name: 'acme' }, ...spec }));
  }

  /** A bot without account, which never gets a droplet: beside it, no other one is the last of its source. */
  bystander(): void {
    this.declare('bystander.yaml', manifest('Bot', 'bystander', { accountRef: { name: 'nobody' } }));
  }

  /** `bot0`, `bot1`, and so on. */
  bots(count: number, spec: object = {}): string[] {
    const names = Array.from({ length: count }, (_, index) => `bot${index}`);
    for (const name of names) this.bot(name, spec);
    return names;
  }

  /** Declares, and lets time pass. */
  async changed(ms = 60_000): Promise<void> {
    await this.rescan();
    await this.pass(ms);
  }

  async started(ms = 60_000): Promise<void> {
    await this.start();
    await this.pass(ms);
  }

  async restarted(ms = 60_000): Promise<void> {
    this.kill();
    await this.started(ms);
  }

  /** Puts the copy in place of the state, as whoever restores a disk does, and starts the controller on it. */
  async wentBack(copy: string, ms = 60_000): Promise<void> {
    this.kill();
    this.putBack(copy);
    await this.started(ms);
  }

  /** Another machine with the copy of the state and all declarations; bound to them, where somebody took it over. */
  async twin(test: TestContext, copy: string, isTakenOver: boolean): Promise<FleetBed> {
    const twin = new FleetBed(test, { seed: 2, beside: this });
    cpSync(this.directory, twin.directory, { recursive: true });
    twin.putBack(copy);
    const { directory, stateFile } = twin;
    const boundTo = sourceIdentity({ directory, stateFile });
    if (isTakenOver) await twin.editFleet((state) => ({ ...state, boundTo }));
    return twin;
  }

  find(name: string): BotRecord | undefined {
    return this.source.bot(resourceKey('default', name));
  }

  record(name: string): BotRecord {
    const found = this.find(name);
    if (!found) throw new Error(`there is no bot ${name}`);
    return found;
  }

  dropletID(name: string): number {
    const id = this.record(name).status.droplet?.id;
    if (id === undefined) throw new Error(`${name} has no droplet`);
    return id;
  }

  /** `True Running`: status and reason of Ready. */
  ready(name: string): string {
    const ready = this.record(name).status.conditions?.find((condition) => condition.type === 'Ready');
    return `${ready?.status} ${ready?.reason}`;
  }

  /** Calls of a route, such as `POST /v2/droplets`, that the cloud took in; since `after`, virtual ms. */
  calls(route: string): number {
    return this.simulator.journal.entries({ route }).length;
  }

  get creates(): number {
    return this.calls('POST /v2/droplets');
  }

  get destroys(): number {
    return this.calls('DELETE /v2/droplets/:id');
  }

  /** Droplets that were ever made, by whomever. */
  get births(): number {
    return this.simulator.lives.lives().length;
  }

  get dropletIDs(): number[] {
    return this.simulator.droplets().map((droplet) => droplet.id);
  }

  /** Somebody else, with the same account, makes a droplet; returns its id. */
  create(name: string, tags: readonly string[], account = this.simulator): number {
    const body = JSON.stringify({
      name,
      region: 'nyc3',
      size: 's-1vcpu-2gb',
      image: 'ubuntu-22-04-x64',
      tags,
    });
    const headers = { authorization: 'Bearer somebody', 'content-type': 'application/json' };
    const answer = account.handle({ method: 'POST', path: '/v2/droplets', headers, body });
    if (answer.kind !== 'response') throw new Error(`no answer: ${answer.kind}`);
    return (JSON.parse(answer.body) as { droplet: { id: number } }).droplet.id;
  }

  /** Declares the bot, and has it redeployed: its droplet is of its second birth. */
  async rebornBot(name: string, spec: object = {}): Promise<void> {
    this.bot(name, spec);
    if (this.alive) await this.changed();
    else await this.started();
    this.bot(name, { ...spec, redeployRequest: 'first' });
    await this.changed(120_000);
    if (!this.tags(this.dropletID(name)).includes(birthTag(2))) throw new Error(`${name} was not redeployed`);
  }

  /** Another droplet of the bot's name and tags; of that birth, where one is given. Returns its id. */
  sibling(name: string, birth?: number): number {
    const own = this.record(name).status.droplet;
    const tags = this.tags(own?.id ?? 0);
    const others = birth === undefined ? tags : tags.filter((tag) => !/^(birth|request)-/.test(tag));
    return this.create(own?.name ?? '', birth === undefined ? tags : [...others, birthTag(birth)]);
  }

  /** As `clawfleet fleet accept-state` does. */
  async acceptState(): Promise<void> {
    await this.editFleet((state) => omit(state, 'oldState'));
  }

  tags(id: number): readonly string[] {
    return this.simulator.droplets().find((droplet) => droplet.id === id)?.tags ?? [];
  }

  /** As `clawfleet resolve BOT --keep ID` does. */
  async resolve(name: string, keep: number): Promise<void> {
    const key = resourceKey('default', name);
    await this.editFleet((state) => ({
      ...state,
      resolutions: [...(state.resolutions ?? []), { key, keep }],
    }));
  }

  /** As `clawfleet confirm` does. */
  async confirm(kind: Hold['kind'], keys: readonly ResourceKey[]): Promise<void> {
    await this.editFleet((state) => confirmHolds(state, kind, keys));
  }
}

function manifest(kind: string, name: string, spec: object): string {
  return JSON.stringify({ apiVersion: 'clawfleet.dev/v1alpha1', kind, metadata: { name }, spec });
}
