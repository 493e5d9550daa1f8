import { join } from 'node:path';
import { instantSettings, type Settings } from '../../src/adapters/simulator/settings.ts';
import { ControllerProcess, directorySource } from '../../test/lab/controller-process.ts';
import { writeAccount, writeBots } from '../../test/lab/fleet-files.ts';
import type { Lab } from '../../test/lab/lab.ts';
import { SimulatorProcess } from '../../test/lab/simulator-process.ts';
import { confirmReady } from './confirm-ready.ts';
import { converged, watching } from './converge.ts';

export interface CreationOptions {
  readonly bots: number;
  readonly settings: Partial<Settings>;
  /** Further flags of `clawfleet run`. */
  readonly flags: readonly string[];
  readonly withinMs: number;
}

export interface Creation {
  /** From before the first file was written until all bots were Ready. */
  readonly seconds: number;
  readonly calls: number;
  readonly creates: number;
  readonly lists: number;
  readonly statusWrites: number;
  readonly simulator: SimulatorProcess;
  readonly controller: ControllerProcess;
  readonly source: string;
  readonly stateFile: string;
}

/** Declares bots, a file each, in an empty directory that a running controller watches. */
export async function createFleet(lab: Lab, options: CreationOptions): Promise<Creation> {
  const { bots, settings, flags, withinMs } = options;
  const source = lab.directory('bots');
  const stateFile = join(lab.directory('state'), 'state.db');
  const simulator = await SimulatorProcess.start(lab, { settings: { ...instantSettings, ...settings } });
  const controller = ControllerProcess.start(lab, {
    source: directorySource(source, stateFile),
    apiURL: simulator.url,
    flags,
  });
  await watching(controller);
  const before = await simulator.calls();
  const begunAt = performance.now();
  writeAccount(source);
  writeBots(source, bots);
  await converged(controller, bots, withinMs);
  const seconds = (performance.now() - begunAt) / 1_000;
  const calls = (await simulator.calls()) - before;
  const creates = await simulator.calls('POST /v2/droplets');
  const lists = await simulator.calls('GET /v2/droplets');
  const statusWrites = await confirmReady(source, stateFile, simulator, bots);
  return { seconds, calls, creates, lists, statusWrites, simulator, controller, source, stateFile };
}
