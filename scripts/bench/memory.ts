import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../../test/lab/lab.ts';
import { residentMB } from '../../test/lab/process-figures.ts';
import { aimed, type Figure, told } from './figure.ts';
import type { LargeFleet } from './large-fleet.ts';
import { median } from './percentile.ts';

const samples = 35;

/** Resident memory with 10,000 converged bots, over 35 s, which hold a sweep of the whole fleet. */
export async function memory(lab: Lab, fleet: LargeFleet): Promise<Figure[]> {
  const { child } = await fleet.atRest();
  lab.say('memory: sampling for 35 s');
  const values: number[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    await sleep(1_000);
    values.push(residentMB(child.pid));
  }
  return [
    aimed('memory.rss', median(values), 'MB', 150, 'resident, 10,000 bots; median'),
    told('memory.highest', Math.max(...values), 'MB', 'resident, highest sample'),
  ];
}
