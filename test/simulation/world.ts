import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { digitalOceanClouds } from '../../src/adapters/digitalocean/digital-ocean-clouds.ts';
import { inProcessTransport } from '../../src/adapters/digitalocean/transport/in-process-transport.ts';
import { directoryEditor } from '../../src/adapters/directory/directory-editor.ts';
import { type DirectorySource, directorySource } from '../../src/adapters/directory/directory-source.ts';
import { backUpState } from '../../src/adapters/directory/state/saved-state.ts';
import type { FaultRule } from '../../src/adapters/simulator/faults/fault-rule.ts';
import type { Settings } from '../../src/adapters/simulator/settings.ts';
import { Simulator } from '../../src/adapters/simulator/simulator.ts';
import { seededChance } from '../../src/adapters/system/seeded-chance.ts';
import { VirtualClock } from '../../src/adapters/system/virtual-clock.ts';
import { composeUserData } from '../../src/compose/user-data.ts';
import { type Controller, createController } from '../../src/controller/controller.ts';
import { defaultSettings, type EngineSettings } from '../../src/controller/settings.ts';
import type { FleetState } from '../../src/model/fleet-state.ts';
import type { ResourceKey } from '../../src/model/resource-key.ts';
import type { Chance } from '../../src/ports/chance.ts';
import { type Clock, sleep } from '../../src/ports/clock.ts';
import type { Log } from '../../src/ports/log.ts';
import { noMetrics } from '../../src/ports/metrics.ts';
import { PortError } from '../../src/ports/port-error.ts';
import type { SecretBox } from '../../src/ports/secret-box.ts';
import { Mortality, mortalClock, mortalSource, mortalTransport } from './mortal.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly cloud?: Partial<Settings>;
  readonly faults?: readonly FaultRule[];
  readonly engine?: Partial<EngineSettings>;
  readonly log?: Log;
  readonly secretBox?: SecretBox;
  /** Another process, on another machine, that acts on the same cloud at the same time. */
  readonly beside?: World;
}

interface Life {
  readonly mortality: Mortality;
  readonly source: DirectorySource;
  readonly controller: Controller;
}

/** Sees all that controllers do, as they do it; `by` is another one for each life of a controller. */
export interface Witness {
  /** The request is about to reach the cloud. */
  asked(by: DirectorySource, method: string, path: string, body: string): void;
  /** The cloud has dealt with it; `status` is what will be heard, undefined if no answer. */
  answered(by: DirectorySource, method: string, path: string, status: number | undefined): void;
  /** A write is committed. */
  stored(by: DirectorySource): void;
}

const epoch = Date.parse('2026-03-01T12:00:00Z');
/** How the names of the files of one SQLite database end. */
const databaseFiles = ['', '-wal', '-shm'];
/** Turns of the event loop without any effect after which nothing goes on before the clock moves. */
const quietTurns = 6;
/** The directory's looks for what is missing are so far apart, in ms. */
const lookPauseMs = 100;

/**
 * The whole product in one process and in virtual time: the real engine, directory source (SQLite) and DigitalOcean
 * adapter over the simulator. Everything that is random comes from the seed. The controller can be killed at any
 * step and started again over the same files.
 */
export class World {
  readonly clock: VirtualClock;
  readonly chance: Chance;
  readonly simulator: Simulator;
  readonly directory: string;
  readonly stateFile: string;
  readonly logs: string[] = [];
  /** Writes of the source that were committed. */
  writes = 0;
  /** Token of each request, in order. */
  readonly tokens: string[] = [];
  /** Registration tokens in the user-data of each bot's creates, in order. */
  readonly registrationTokens = new Map<ResourceKey, string[]>();
  /** The controller's own, from its next start on. */
  token = 'x';
  /** How long the store takes to answer each write, which is durable before. */
  writeMs = 0;
  /** So many of the next writes are stored without an answer. */
  lostAnswers = 0;
  /** So many of the next writes are not stored. */
  refusedWrites = 0;
  /** Of the controller, from its next start on. */
  engine: { -readonly [Name in keyof EngineSettings]?: EngineSettings[Name] };
  /** For how long the lease is certainly held. */
  leaseMs = Number.POSITIVE_INFINITY;
  /** How far the controller's wall clock is ahead of the true time. */
  wallAheadMs = 0;
  witness: Witness | undefined;
  /** All worlds around the same cloud. */
  readonly #worlds: Set<World>;
  readonly #otherAccounts = new Map<string, Simulator>();
  readonly #root = mkdtempSync(join(tmpdir(), 'clawfleet-world-'));
  readonly #options: WorldOptions;
  #life: Life | undefined;
  #steps = 0;
  #copies = 0;

  constructor(options: WorldOptions) {
    const { beside } = options;
    this.#options = options;
    this.#worlds = beside ? beside.#worlds : new Set();
    this.#worlds.add(this);
    this.clock = beside?.clock ?? new VirtualClock(epoch);
    this.engine = { ...options.engine };
    this.chance = seededChance(options.seed);
    this.directory = join(this.#root, 'bots');
    this.stateFile = join(this.#root, 'state.db');
    mkdirSync(this.directory);
    this.simulator =
      beside?.simulator ??
      new Simulator({
        clock: this.clock,
        chance: this.chance,
        settings: options.cloud ?? {},
        faults: options.faults ?? [],
      });
  }

  get alive(): boolean {
    return this.#life !== undefined && !this.#life.mortality.dead;
  }

  get source(): DirectorySource {
    if (!this.#life) throw new Error('nothing runs');
    return this.#life.source;
  }

  get controller(): Controller {
    if (!this.#life) throw new Error('nothing runs');
    return this.#life.controller;
  }

  /** Starts the controller; it dies at its `deathIn`th step. */
  async start(deathIn = Number.POSITIVE_INFINITY): Promise<void> {
    let source: DirectorySource | undefined;
    const mortality = new Mortality(deathIn, () => source?.abandon());
    const clock = this.#clockOf(mortality);
    source = directorySource({
      directory: this.directory,
      stateFile: this.stateFile,
      clock,
      chance: this.chance,
      watch: false,
      synchronous: 'OFF',
    });
    const controller = this.#controllerOver(source, mortality);
    this.#life = { mortality, source, controller };
    void controller.start().catch((error: unknown) => this.logs.push(`start failed: ${String(error)}`));
    await this.settle();
  }

  /** Another cloud account, to which the token belongs; all other tokens lead to `simulator`. */
  accountOf(token: string): Simulator {
    const known = this.#otherAccounts.get(token);
    if (known) return known;
    const account = new Simulator({
      clock: this.clock,
      chance: this.chance,
      settings: this.#options.cloud ?? {},
    });
    this.#otherAccounts.set(token, account);
    return account;
  }

  /** The controller dies at its `steps`th step from now. */
  dieIn(steps: number): void {
    this.#life?.mortality.dieIn(steps);
  }

  /** The controller dies no more by itself. */
  spare(): void {
    this.dieIn(Number.POSITIVE_INFINITY);
  }

  kill(): void {
    if (this.alive) this.#life?.mortality.kill();
  }

  /** Takes in what was declared, as the watcher would. */
  async rescan(): Promise<void> {
    if (!this.alive) return;
    let done = false;
    void this.source
      .rescan()
      .catch((error: unknown) => this.logs.push(`rescan failed: ${String(error)}`))
      .finally(() => {
        done = true;
      });
    await this.settle();
    // What is missing is looked for once more after a while.
    while (!done && this.alive) await this.pass(lookPauseMs);
  }

  declare(file: string, text: string): void {
    writeFileSync(join(this.directory, file), text);
  }

  undeclare(file: string): void {
    rmSync(join(this.directory, file), { force: true });
  }

  /** Copies the state as it is now; returns the copy's path. */
  backUp(): string {
    this.#copies += 1;
    const copy = `${this.stateFile}.copy-${this.#copies}`;
    backUpState(this.stateFile, copy, false);
    return copy;
  }

  /** Puts the copy in place of the state, as whoever restores a disk does. Nothing may run on it. */
  putBack(copy: string): void {
    for (const end of databaseFiles) rmSync(`${this.stateFile}${end}`, { force: true });
    copyFileSync(copy, this.stateFile);
  }

  /** Changes the fleet's own record, as the commands do, whether the controller runs or not. */
  async editFleet(change: (state: FleetState) => FleetState): Promise<void> {
    const { directory, stateFile } = this;
    await directoryEditor({ directory, stateFile }).editFleet(change);
    await this.rescan();
  }

  /** Lets virtual time pass, timer by timer. */
  async pass(ms: number): Promise<void> {
    const end = this.clock.monotonic() + ms;
    const stop = this.clock.schedule(ms, () => {});
    await this.settle();
    for (let next = this.clock.nextAt(); next !== undefined && next <= end; next = this.clock.nextAt()) {
      this.clock.runNext();
      await this.settle();
    }
    stop();
  }

  /** Lets time pass until `done`, or fails after `longestMs`. */
  async until(done: () => boolean, longestMs: number, what: string): Promise<void> {
    const end = this.clock.monotonic() + longestMs;
    while (!done()) {
      if (this.clock.monotonic() > end)
        throw new Error(`${what}: not within ${longestMs / 1000} s of virtual time`);
      await this.pass(1_000);
    }
  }

  /** Resolves once nothing goes on any more before the clock moves. */
  async settle(): Promise<void> {
    let quiet = 0;
    while (quiet < quietTurns) {
      const before = this.#activity();
      await nextTurn();
      quiet = this.#activity() === before ? quiet + 1 : 0;
    }
  }

  /** Calls that changed the cloud. */
  mutations(): number {
    return this.simulator.journal.entries({}).filter((entry) => entry.method !== 'GET').length;
  }

  close(): void {
    this.kill();
    this.#worlds.delete(this);
    for (const account of this.#otherAccounts.values()) account.close();
    if (!this.#options.beside) this.simulator.close();
    rmSync(this.#root, { recursive: true, force: true });
  }

  #activity(): number {
    let activity = 0;
    for (const world of this.#worlds) activity += world.#steps + (world.#life?.mortality.steps ?? 0);
    return activity;
  }

  #clockOf(mortality: Mortality): Clock {
    const clock = mortalClock(this.clock, mortality);
    return { ...clock, now: () => clock.now() + this.wallAheadMs };
  }

  #controllerOver(source: DirectorySource, mortality: Mortality): Controller {
    const clock = this.#clockOf(mortality);
    const transport = mortalTransport(inProcessTransport(this.#server(source), clock), mortality);
    return createController({
      source: mortalSource(source, mortality, {
        asked: () => this.#refuse(),
        committed: () => this.#written(source),
      }),
      clouds: digitalOceanClouds({
        token: this.token,
        apiURL: 'http://simulator.invalid',
        userAgent: 'test',
        clock,
        chance: this.chance,
        transport,
      }),
      clock,
      chance: this.chance,
      log: this.#options.log ?? this.#log(),
      metrics: noMetrics,
      ...(this.#options.secretBox && { secretBox: this.#options.secretBox }),
      settings: { ...defaultSettings, ...this.engine },
      leadership: { msLeft: () => this.leaseMs },
      userData: (request) => {
        const { key } = request.bot;
        this.registrationTokens.set(key, [
          ...(this.registrationTokens.get(key) ?? []),
          request.registrationToken,
        ]);
        return composeUserData(request);
      },
    });
  }

  #refuse(): void {
    if (this.refusedWrites === 0) return;
    this.refusedWrites -= 1;
    this.#steps += 1;
    throw new PortError({ kind: 'unavailable' }, 'the store is not there');
  }

  async #written(source: DirectorySource): Promise<void> {
    this.writes += 1;
    this.witness?.stored(source);
    this.#steps += 1;
    if (this.writeMs > 0) await sleep(this.clock, this.writeMs);
    if (this.lostAnswers === 0) return;
    this.lostAnswers -= 1;
    throw new PortError({ kind: 'unavailable' }, 'stored, and the answer is lost');
  }

  #server(source: DirectorySource): Parameters<typeof inProcessTransport>[0] {
    return {
      handle: (request) => {
        const token = String(request.headers?.['authorization']).replace('Bearer ', '');
        this.tokens.push(token);
        const { method, path, body = '' } = request;
        this.witness?.asked(source, method, path, body);
        const answer = (this.#otherAccounts.get(token) ?? this.simulator).handle(request);
        const status = answer.kind === 'response' ? answer.status : undefined;
        this.witness?.answered(source, method, path, status);
        return answer.kind === 'hang' ? { kind: 'hang', delayMs: answer.delayMs } : answer;
      },
    };
  }

  #log(): Log {
    const line = (level: string) => (fields: object, message: string) => {
      const seconds = (this.clock.monotonic() / 1000).toFixed(1);
      this.logs.push(`${seconds}s ${level} ${message} ${JSON.stringify(fields)}`);
    };
    return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
  }
}
