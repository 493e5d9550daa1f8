import { directorySource } from '../../../src/adapters/directory/directory-source.ts';
import { systemChance } from '../../../src/adapters/system/system-chance.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import type { BotRecord } from '../../../src/model/records.ts';
import type { BotStatus } from '../../../src/model/spec/bot-status.ts';

/**
 * A process to be killed: writes the statuses of all bots over and over and prints, for each that is durable,
 * `<name> <number>`. A status of number n has n conditions' worth of filling, so that half a write would show.
 */
const [directory = '', stateFile = ''] = process.argv.slice(2);
const source = directorySource({ directory, stateFile, clock: systemClock, chance: systemChance });
await source.start({ botChanged() {}, accountChanged() {}, fleetChanged() {} });
console.log('started');

function statusNumber(number: number): BotStatus {
  const known = Array.from({ length: number % 200 }, () => number);
  return { phase: 'Provisioning', observedGeneration: number, knownDropletIDs: known };
}

async function writeForEver(record: BotRecord): Promise<never> {
  for (let present = record; ; ) {
    const number = (present.status.observedGeneration ?? 0) + 1;
    present = await source.writeStatus(present, statusNumber(number));
    process.stdout.write(`${present.name} ${number}\n`);
  }
}

await Promise.all([...source.bots()].map(writeForEver));
