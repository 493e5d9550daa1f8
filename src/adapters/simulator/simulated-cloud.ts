import type { Clock } from '../../ports/clock.ts';
import { Journal } from './admin/journal.ts';
import type { AgentConduct, AgentDisk } from './agents/agent-state.ts';
import { Tokens } from './api/tokens.ts';
import type { ImageRecord } from './catalogue/images.ts';
import { Faults } from './faults/faults.ts';
import type { SimulatorOptions, SimulatorToken } from './options.ts';
import type { Settings } from './settings.ts';
import { die } from './world/destroy-droplet.ts';
import { type DropletEdit, type DropletView, editDroplet, viewOf } from './world/droplet-view.ts';
import { foundWorld } from './world/found-world.ts';
import { addImage, deleteImage, type ImageOrder } from './world/image-orders.ts';
import type { LifeLog } from './world/life-log.ts';
import { type PanelOrder, restoreByHand } from './world/panel-order.ts';
import { StateFile } from './world/state-file.ts';
import { mainTeam, Teams } from './world/teams.ts';
import type { World } from './world/world.ts';
import { worldLines } from './world/world-lines.ts';

const journalCapacity = 10_000;

/** A droplet from within. */
export interface Machine {
  readonly status: DropletView['status'];
  readonly reboots: number;
  readonly userData: string;
  readonly conduct: AgentConduct;
  readonly failedSteps: readonly string[];
  readonly disk: AgentDisk | undefined;
}

/**
 * The teams of a simulated DigitalOcean, and what people and agents do to them. Nothing happens by itself: each call
 * first lets everything take effect that the injected clock has made due, so that a run under a virtual clock and a
 * seeded chance repeats exactly.
 *
 * Throws when the state file cannot be read or written.
 */
export class SimulatedCloud {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly journal: Journal;
  protected readonly teams: Teams;
  protected readonly tokens: Tokens;
  readonly #file: StateFile | undefined;

  constructor(options: SimulatorOptions) {
    this.clock = options.clock;
    this.journal = new Journal(options.journalCapacity ?? journalCapacity, options.journalFile);
    this.#file = options.file === undefined ? undefined : new StateFile(options.file);
    const world = foundWorld(options, this.#file?.read() ?? []);
    this.#file?.rewrite(worldLines(world));
    this.faults = new Faults(options.chance, () => world.time.now(), options.faults);
    this.teams = new Teams(world);
    this.tokens = new Tokens(options.tokens);
  }

  get settings(): Readonly<Settings> {
    return this.#world.settings;
  }

  /** Takes effect on what begins from now on. */
  change(settings: Partial<Settings>): void {
    Object.assign(this.#world.settings, settings);
  }

  /** The cloud's time, epoch milliseconds. */
  now(): number {
    this.teams.settle();
    return this.#world.now;
  }

  /** Moves the cloud's time forward: boots and actions are done that much sooner. */
  skip(ms: number): void {
    this.teams.skip(ms);
    this.save();
  }

  /** The main team's. */
  get accountUUID(): string {
    return this.#world.account.uuid;
  }

  /** Every droplet of the team that lives, dying ones too. */
  droplets(team = mainTeam): readonly DropletView[] {
    this.teams.settle();
    const world = this.teams.of(team);
    return Array.from(world.droplets.values(), (droplet) => viewOf(world, droplet));
  }

  /** Makes a token known, or changes what is known of it. */
  grant(token: SimulatorToken): void {
    this.tokens.grant(token);
  }

  /** From now on the token is answered 401. */
  revoke(token: string): void {
    this.tokens.revoke(token);
  }

  /** Makes droplets as a person in the control panel does, past the limits of the API. */
  restoreByHand(order: PanelOrder): readonly DropletView[] {
    this.teams.settle();
    const world = this.#world;
    const made = restoreByHand(world, order);
    this.save();
    return made.map((droplet) => viewOf(world, droplet));
  }

  /** Adds an image of the main team's own, as a snapshot or an upload does. */
  addImage(order: ImageOrder): ImageRecord {
    const image = addImage(this.#world, order);
    this.save();
    return image;
  }

  /** Deletes an image of the main team's own. Returns whether there was one. */
  deleteImage(id: number): boolean {
    const deleted = deleteImage(this.#world, id);
    this.save();
    return deleted;
  }

  /** What the droplet's metadata service answers as `user-data`; undefined when there is none. */
  userData(id: number): string | undefined {
    return this.teams.holding(id)?.userData.get(id);
  }

  /** What runs on the droplet; undefined when it is gone. */
  machine(id: number): Machine | undefined {
    const world = this.teams.holding(id);
    const droplet = world?.droplets.get(id);
    if (world === undefined || droplet === undefined) return undefined;
    const { status, reboots, agentConduct: conduct, failedSteps, agentDisk: disk } = droplet;
    const userData = world.userData.get(id) ?? '';
    return { status, reboots, userData, conduct, failedSteps, disk };
  }

  /** The droplet's agent writes on its disk. */
  writeDisk(id: number, disk: AgentDisk): void {
    const world = this.teams.holding(id);
    const droplet = world?.droplets.get(id);
    if (world === undefined || droplet === undefined) return;
    droplet.agentDisk = disk;
    world.changes.note('droplet', droplet);
    this.save();
  }

  /** Called with the id of each droplet that has changed, or is gone. Returns the way to stop. */
  onTouched(listener: (id: number) => void): () => void {
    this.#world.onTouched.add(listener);
    return () => this.#world.onTouched.delete(listener);
  }

  /** Changes a droplet as someone in the control panel would. Returns it, or undefined when there is none. */
  edit(id: number, edit: DropletEdit): DropletView | undefined {
    this.teams.settle();
    const world = this.teams.holding(id);
    const droplet = world?.droplets.get(id);
    if (world === undefined || droplet === undefined) return undefined;
    editDroplet(world, droplet, edit);
    this.save();
    return viewOf(world, droplet);
  }

  /** Destroys a droplet at once. Returns whether it lived. */
  destroy(id: number): boolean {
    this.teams.settle();
    const world = this.teams.holding(id);
    const droplet = world?.droplets.get(id);
    if (world === undefined || droplet === undefined) return false;
    die(world, droplet);
    this.save();
    return true;
  }

  /** Births, deaths, duplicates and cost in the main team. */
  get lives(): Pick<LifeLog, 'lives' | 'overlaps' | 'cost'> {
    this.#world.settle();
    return this.#world.lives;
  }

  /** Closes the files. */
  close(): void {
    this.save();
    this.#file?.close();
    this.journal.close();
  }

  get #world(): World {
    return this.teams.main;
  }

  /** Writes what has changed to the state file. */
  protected save(): void {
    this.#file?.append(this.#world.changes.drain());
  }
}
