import { serveSimulator } from '../../../src/adapters/simulator/serve-simulator.ts';
import { instantSettings } from '../../../src/adapters/simulator/settings.ts';
import { Simulator } from '../../../src/adapters/simulator/simulator.ts';
import { seededChance } from '../../../src/adapters/system/seeded-chance.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';

/** A simulator in a process of its own, to be killed: serves the state file named, and prints its URL. */
const file = process.argv[2] ?? '';
const simulator = new Simulator({
  clock: systemClock,
  chance: seededChance(1),
  settings: instantSettings,
  file,
});
const { url } = await serveSimulator(simulator);
process.stdout.write(`${url}\n`);
