import type { Lab } from '../../test/lab/lab.ts';
import { aimed, type Figure } from './figure.ts';
import { type LargeFleet, largeFleet } from './large-fleet.ts';
import { median } from './percentile.ts';
import { reconciled } from './reconciled.ts';

const runs = 5;

/** From the start of the process until each of 10,000 bots was found as declared; the median of five starts. */
export async function restart(lab: Lab, fleet: LargeFleet): Promise<Figure[]> {
  const { simulator } = await fleet.fleet();
  const before = await simulator.mutations();
  const times: number[] = [];
  for (let run = 1; run <= runs; run += 1) {
    lab.say(`restart: run ${run} of ${runs}`);
    times.push(await reconciled(await fleet.restart(), largeFleet));
  }
  const mutations = (await simulator.mutations()) - before;
  return [
    aimed('restart.seconds', median(times), 's', 2, 'process start to 10,000 bots reconciled'),
    aimed('restart.mutations', mutations, 'calls', 0, `that change anything, in ${runs} starts`),
  ];
}
