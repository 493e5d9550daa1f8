import type { Clock } from '../../ports/clock.ts';
import { Journal } from './admin/journal.ts';
import type { AgentConduct, AgentDisk } from './agents/agent-state.ts';
import { Tokens } from './api/tokens.ts';
import type { ImageRecord } from './catalogue/images.ts';
import { Faults } from './faults/faults.ts';
import type { SimulatorOptions, SimulatorToken } from './options.ts';
import type { Settings } from './settings.ts';
import { destroyDroplet } from './world/destroy-droplet.ts';
import { type DropletEdit, type DropletView, editDroplet, viewOf } from './world/droplet-view.ts';
import { addImage, deleteImage, type ImageOrder } from './world/image-orders.ts';
import type { LifeLog } from './world/life-log.ts';
import { type PanelOrder, restoreByHand } from './world/panel-order.ts';
import { StateFile } from './world/state-file.ts';
import { foundWorld, mainTeam, Teams } from './world/teams.ts';
import type { World } from './world/world.ts';
import { worldLines } from './world/world-lines.ts';

const journalCapacity = 10_000;

/** A droplet as seen by its agent. */
export interface Machine {
  readonly status: DropletView['status'];
  readonly reboots: number;
  readonly userData: string;
  readonly conduct: AgentConduct;
  readonly failedSteps: readonly string[];
  readonly disk: AgentDisk | undefined;
}

/**
 * The teams of a simulated DigitalOcean, and what people and agents do to them. Nothing happens by
 * itself: each call first applies everything that is due by the injected clock, so that a run with a
 * virtual clock and a seeded chance repeats exactly.
 *
 * Throws if the state file cannot be read or written.
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

  /** Changes settings for everything that begins from now on. */
  change(settings: Partial<Settings>): void {
    Object.assign(this.#world.settings, settings);
  }

  /** The cloud's time, epoch milliseconds. */
  now(): number {
    this.teams.catchUp();
    return this.#world.now;
  }

  /** Moves the cloud's time forward: boots and actions are done that much sooner. */
  skip(ms: number): void {
    this.teams.skip(ms);
    this.save();
  }

  /** The main team's uuid. */
  get accountUUID(): string {
    return this.#world.account.uuid;
  }

  /** Every existing droplet of the team, including those being destroyed. */
  droplets(team = mainTeam): readonly DropletView[] {
    this.teams.catchUp();
    const world = this.teams.of(team);
    return Array.from(world.droplets.values(), (droplet) => viewOf(world, droplet));
  }

  /** Adds a token, or changes its rights. */
  grant(token: SimulatorToken): void {
    this.tokens.grant(token);
  }

  /** Answers 401 to the token from now on. */
  revoke(token: string): void {
    this.tokens.revoke(token);
  }

  /** Creates droplets as a person in the control panel does, without the API's limits. */
  restoreByHand(order: PanelOrder): readonly DropletView[] {
    this.teams.catchUp();
    const world = this.#world;
    const made = restoreByHand(world, order);
    this.save();
    return made.map((droplet) => viewOf(world, droplet));
  }

  /** Adds a custom image to the main team, as a snapshot or an upload does. */
  addImage(order: ImageOrder): ImageRecord {
    const image = addImage(this.#world, order);
    this.save();
    return image;
  }

  /** Deletes a custom image of the main team. Returns whether there was one. */
  deleteImage(id: number): boolean {
    const deleted = deleteImage(this.#world, id);
    this.save();
    return deleted;
  }

  /** The `user-data` that the droplet's metadata service returns; undefined if there is none. */
  userData(id: number): string | undefined {
    return this.teams.ofDroplet(id)?.userData.get(id);
  }

  /** The droplet as its agent sees it; undefined if it is gone. */
  machine(id: number): Machine | undefined {
    const world = this.teams.ofDroplet(id);
    const droplet = world?.droplets.get(id);
    if (world === undefined || droplet === undefined) return undefined;
    const { status, reboots, agentConduct: conduct, failedSteps, agentDisk: disk } = droplet;
    const userData = world.userData.get(id) ?? '';
    return { status, reboots, userData, conduct, failedSteps, disk };
  }

  /** Writes to the droplet's disk, as its agent does. */
  writeDisk(id: number, disk: AgentDisk): void {
    const world = this.teams.ofDroplet(id);
    const droplet = world?.droplets.get(id);
    if (world === undefined || droplet === undefined) return;
    droplet.agentDisk = disk;
    world.changes.note('droplet', droplet);
    this.save();
  }

  /**
   * Calls `listener` with the id of each droplet that has changed or is gone.
   * Returns the function that stops it.
   */
  onTouched(listener: (id: number) => void): () => void {
    this.#world.onTouched.add(listener);
    return () => this.#world.onTouched.delete(listener);
  }

  /** Changes a droplet as someone in the control panel would. Returns it, or undefined if there is none. */
  edit(id: number, edit: DropletEdit): DropletView | undefined {
    this.teams.catchUp();
    const world = this.teams.ofDroplet(id);
    const droplet = world?.droplets.get(id);
    if (world === undefined || droplet === undefined) return undefined;
    editDroplet(world, droplet, edit);
    this.save();
    return viewOf(world, droplet);
  }

  /** Destroys a droplet at once. Returns whether it existed. */
  destroy(id: number): boolean {
    this.teams.catchUp();
    const world = this.teams.ofDroplet(id);
    const droplet = world?.droplets.get(id);
    if (world === undefined || droplet === undefined) return false;
    destroyDroplet(world, droplet);
    this.save();
    return true;
  }

  /** Lifetimes, duplicates and cost of the main team's droplets. */
  get lives(): Pick<LifeLog, 'lives' | 'overlaps' | 'cost'> {
    this.#world.catchUp();
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
