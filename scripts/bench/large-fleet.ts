import { setTimeout as sleep } from 'node:timers/promises';
import { ControllerProcess, directorySource } from '../../test/lab/controller-process.ts';
import type { Lab } from '../../test/lab/lab.ts';
import { converged } from './converge.ts';
import { type Creation, createFleet } from './creation.ts';

export const largeFleet = 10_000;

const flags = ['--rate-limit', 'off', '--max-concurrent-creates', '1000', '--poll-interval', '1s'];
/** After convergence the process is left alone for so long before anything is measured. */
const settleMs = 20_000;

/** 10,000 converged bots, a file each, that several benches share. */
export class LargeFleet {
  readonly #lab: Lab;
  #made: Promise<Creation> | undefined;
  #controller: ControllerProcess | undefined;

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  async fleet(): Promise<Creation> {
    this.#lab.say(this.#made ? 'using the 10,000 bots there are' : 'creating 10,000 bots');
    this.#made ??= createFleet(this.#lab, { bots: largeFleet, settings: {}, flags, withinMs: 300_000 });
    const made = await this.#made;
    this.#controller ??= made.controller;
    return made;
  }

  /** The controller that runs now, left alone for a while. */
  async atRest(): Promise<ControllerProcess> {
    const fleet = await this.fleet();
    const controller = this.#controller ?? fleet.controller;
    await converged(controller, largeFleet, 60_000);
    await sleep(settleMs);
    return controller;
  }

  /** Ends the controller that runs and starts another one on the same state. */
  async restart(): Promise<ControllerProcess> {
    const { source, stateFile, simulator } = await this.fleet();
    await this.#controller?.child.end();
    this.#controller = ControllerProcess.start(this.#lab, {
      source: directorySource(source, stateFile),
      apiURL: simulator.url,
      flags,
    });
    return this.#controller;
  }
}
