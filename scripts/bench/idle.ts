import { setTimeout as sleep } from 'node:timers/promises';
import { pageSize } from '../../src/ports/cloud.ts';
import type { Lab } from '../../test/lab/lab.ts';
import { cpuSeconds } from '../../test/lab/process-figures.ts';
import { aimed, type Figure } from './figure.ts';
import { type LargeFleet, largeFleet } from './large-fleet.ts';

/** Longer than the time between two sweeps. */
const seconds = 120;

/** What 10,000 converged bots cost without any change; no rate limit slows the sweeps down. */
export async function idle(lab: Lab, fleet: LargeFleet): Promise<Figure[]> {
  const { simulator } = await fleet.fleet();
  const { child } = await fleet.atRest();
  lab.say(`idle: ${seconds} s`);
  const seen = (await simulator.journal()).at(-1)?.seq ?? 0;
  const mutations = await simulator.mutations();
  const cpu = cpuSeconds(child.pid);
  await sleep(seconds * 1_000);
  const used = cpuSeconds(child.pid) - cpu;
  const calls = await simulator.journal(seen);
  const sweeps = calls.filter(({ query }) => new URLSearchParams(query).get('page') === '1').length;
  const changed = (await simulator.mutations()) - mutations;
  const pages = Math.ceil(largeFleet / pageSize);
  return [
    aimed('idle.cpu', (100 * used) / seconds, '%', 2, 'of a core, 10,000 bots'),
    aimed(
      'idle.callsPerSweep',
      calls.length / sweeps,
      'calls',
      pages,
      `a sweep; ${sweeps} sweeps in ${seconds} s`,
    ),
    aimed('idle.mutations', changed, 'calls', 0, 'that change anything'),
  ];
}
