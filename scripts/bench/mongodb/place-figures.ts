import { setTimeout as sleep } from 'node:timers/promises';
import { instantSettings } from '../../../src/adapters/simulator/settings.ts';
import { ControllerProcess } from '../../../test/lab/controller-process.ts';
import { botNames } from '../../../test/lab/fleet-files.ts';
import type { Lab } from '../../../test/lab/lab.ts';
import { residentMB } from '../../../test/lab/process-figures.ts';
import { SimulatorProcess } from '../../../test/lab/simulator-process.ts';
import { until } from '../../../test/lab/until.ts';
import { converged, watching } from '../converge.ts';
import { editLatency } from '../edit-latency.ts';
import { type Figure, told } from '../figure.ts';
import { median, percentile } from '../percentile.ts';
import { reconciled } from '../reconciled.ts';
import type { DeclaredPlace } from './declared-place.ts';

/** How much is measured. */
export interface PlaceSizes {
  /** Declared at once. */
  readonly bots: number;
  readonly edits: number;
  readonly largeFleet: number;
  readonly starts: number;
  /** After the last start, before memory is looked at. */
  readonly settleSeconds: number;
}

const stepSize = 500;

const flags = ['--rate-limit', 'off', '--max-concurrent-creates', '1000', '--poll-interval', '200ms'];

/** The same figures of any source, on a cloud that does everything at once and limits nothing. */
export async function placeFigures(lab: Lab, place: DeclaredPlace, sizes: PlaceSizes): Promise<Figure[]> {
  const { name, unit } = place;
  const { bots, largeFleet } = sizes;
  const fleet = await PlacedFleet.start(lab, place);
  lab.say(`${name}: ${bots} bots`);
  const createSeconds = await fleet.grow(bots);
  // What creation left to do is over.
  await sleep(2_000);
  lab.say(`${name}: ${sizes.edits} edits`);
  const edits = await editLatency(fleet.simulator, sizes.edits, place.edit);
  lab.say(`${name}: ${largeFleet} bots`);
  await fleet.growInSteps(largeFleet - bots);
  const starts: number[] = [];
  for (let number = 1; number <= sizes.starts; number += 1) {
    lab.say(`${name}: start ${number} of ${sizes.starts}`);
    starts.push(await fleet.restart());
  }
  await sleep(sizes.settleSeconds * 1_000);
  const resident = residentMB(fleet.controller.child.pid);
  await fleet.end();
  return [
    told(`${name}.createSeconds`, createSeconds, 's', `${bots} ${unit} to all DropletReady`),
    told(`${name}.latencyP50`, percentile(edits, 50), 'ms', 'edit to first cloud call'),
    told(`${name}.latencyP99`, percentile(edits, 99), 'ms', 'edit to first cloud call'),
    told(`${name}.startSeconds`, median(starts), 's', `process start to ${largeFleet} bots reconciled`),
    told(`${name}.rss`, resident, 'MB', `resident, ${largeFleet} bots, after a start`),
  ];
}

/** Bots of a place, their simulated droplets, and the controller of both. */
class PlacedFleet {
  readonly simulator: SimulatorProcess;
  readonly #lab: Lab;
  readonly #place: DeclaredPlace;
  #controller: ControllerProcess;
  #count = 0;

  static async start(lab: Lab, place: DeclaredPlace): Promise<PlacedFleet> {
    const fleet = new PlacedFleet(
      lab,
      place,
      await SimulatorProcess.start(lab, { settings: instantSettings }),
    );
    await watching(fleet.controller);
    return fleet;
  }

  private constructor(lab: Lab, place: DeclaredPlace, simulator: SimulatorProcess) {
    this.#lab = lab;
    this.#place = place;
    this.simulator = simulator;
    this.#controller = this.#start();
  }

  get controller(): ControllerProcess {
    return this.#controller;
  }

  /** Declares so many more bots; seconds until all are Ready. Throws unless they are stored so and have a droplet each. */
  async grow(more: number): Promise<number> {
    const begunAt = performance.now();
    await this.#place.declare(botNames(this.#count, more));
    this.#count += more;
    await converged(this.#controller, this.#count, 300_000);
    const seconds = (performance.now() - begunAt) / 1_000;
    const areStored = async () => (await this.#place.ready()) === this.#count;
    await until(`${this.#count} bots to be stored as Ready`, 10_000, 100, areStored);
    const { length } = await this.simulator.droplets();
    if (length !== this.#count) throw new Error(`${length} droplets for ${this.#count} bots`);
    return seconds;
  }

  /** The same, a few at a time: a server that searches all its documents at every write drowns in thousands at once. */
  async growInSteps(more: number): Promise<void> {
    for (let left = more; left > 0; left -= stepSize) await this.grow(Math.min(stepSize, left));
  }

  /** Seconds from the start of another process until it has found all as declared. */
  async restart(): Promise<number> {
    await this.#controller.child.end();
    this.#controller = this.#start();
    return reconciled(this.#controller, this.#count);
  }

  async end(): Promise<void> {
    await this.#controller.child.end();
    await this.simulator.child.end();
  }

  #start(): ControllerProcess {
    const { source, env } = this.#place;
    return ControllerProcess.start(this.#lab, { source, env, apiURL: this.simulator.url, flags });
  }
}
