import { join } from 'node:path';
import { openDirectoryReader } from '../../../src/adapters/directory/directory-reader.ts';
import { instantSettings } from '../../../src/adapters/simulator/settings.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import type { BotRecord } from '../../../src/model/records.ts';
import type { BotSpec } from '../../../src/model/spec/bot-spec.ts';
import { ControllerProcess, directorySource } from '../../../test/lab/controller-process.ts';
import { botNames, replaceBot, writeAccount, writeBots } from '../../../test/lab/fleet-files.ts';
import { freePort } from '../../../test/lab/free-port.ts';
import type { Lab } from '../../../test/lab/lab.ts';
import { SimulatorProcess } from '../../../test/lab/simulator-process.ts';
import { until } from '../../../test/lab/until.ts';
import { converged, watching } from '../converge.ts';
import { Agents } from './agents.ts';
import { enrolments } from './enrolments.ts';

const flags = ['--rate-limit', 'off', '--max-concurrent-creates', '1000', '--poll-interval', '1s'];

/** Bots declared in a directory, their simulated droplets, and the agents that speak for them. */
export class BotFleet {
  readonly count: number;
  readonly agents: Agents;
  /** Where bots call, whichever controller runs. */
  readonly port: number;
  readonly #lab: Lab;
  readonly #simulator: SimulatorProcess;
  readonly #directory: string;
  readonly #stateFile: string;
  #controller: ControllerProcess;

  private constructor(lab: Lab, count: number, port: number, simulator: SimulatorProcess) {
    this.#lab = lab;
    this.count = count;
    this.port = port;
    this.#simulator = simulator;
    this.agents = new Agents(lab);
    this.#directory = lab.directory('bots');
    this.#stateFile = join(lab.directory('state'), 'state.db');
    this.#controller = this.#start([]);
  }

  /** Resolves when all are Ready: registered, with their config acknowledged, and heard. */
  static async enrolled(lab: Lab, count: number): Promise<BotFleet> {
    const settings = { ...instantSettings, agentsMute: 1 };
    const fleet = new BotFleet(lab, count, await freePort(), await SimulatorProcess.start(lab, { settings }));
    await fleet.#enrol();
    return fleet;
  }

  get controller(): ControllerProcess {
    return this.#controller;
  }

  bots(): readonly BotRecord[] {
    return this.#reading((reader) => reader.bots());
  }

  /** Bots of which an event says that they fell silent, at any time. */
  async stale(): Promise<number> {
    const events = await this.#reading((reader) => reader.events());
    return new Set(events.filter(({ reason }) => reason === 'HeartbeatStale').map(({ key }) => key)).size;
  }

  /** Declares the same change of every bot. */
  change(spec: Partial<BotSpec>): void {
    for (const name of botNames(0, this.count)) replaceBot(this.#directory, name, spec);
  }

  /** The controller dies as by `kill -9`; another one takes its place. */
  async failover(): Promise<void> {
    await this.#controller.child.kill();
    this.#controller = this.#start([]);
  }

  /** The controller ends in peace; another one, with further flags, takes its place. */
  async replace(more: readonly string[]): Promise<void> {
    await this.#controller.child.end();
    this.#controller = this.#start(more);
  }

  async ready(): Promise<void> {
    await converged(this.#controller, this.count, 180_000);
  }

  async #enrol(): Promise<void> {
    await watching(this.#controller);
    this.#lab.say(`bots: creating ${this.count} droplets`);
    writeAccount(this.#directory);
    writeBots(this.#directory, this.count);
    await until('all droplets', 300_000, 500, async () => {
      const page = await this.#controller.metrics();
      return page.sum('clawfleet_droplets') === this.count && page.sum('workqueue_depth') === 0;
    });
    const identities = await enrolments(this.#simulator);
    await this.agents.enrol({ port: this.port }, identities);
  }

  #start(more: readonly string[]): ControllerProcess {
    return ControllerProcess.start(this.#lab, {
      source: directorySource(this.#directory, this.#stateFile),
      apiURL: this.#simulator.url,
      flags: [...flags, '--bot-listen', `127.0.0.1:${this.port}`, ...more],
      serveBots: true,
    });
  }

  #reading<T>(read: (reader: ReturnType<typeof openDirectoryReader>) => T): T {
    const reader = openDirectoryReader({
      directory: this.#directory,
      stateFile: this.#stateFile,
      clock: systemClock,
    });
    try {
      return read(reader);
    } finally {
      reader.close();
    }
  }
}
