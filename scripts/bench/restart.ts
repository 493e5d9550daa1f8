import type { ControllerProcess } from '../lab/controller-process.ts';
import type { Lab } from '../lab/lab.ts';
import { until } from '../lab/until.ts';
import { aimed, type Figure } from './figure.ts';
import { type LargeFleet, largeFleet } from './large-fleet.ts';
import { median } from './percentile.ts';

const runs = 5;
/** A scrape of 10,000 bots takes the controller some 6 ms, which it would rather start with. */
const lookMs = 50;

/** From the start of the process until each of 10,000 bots was found as declared; the median of five starts. */
export async function restart(lab: Lab, fleet: LargeFleet): Promise<Figure[]> {
  const { simulator } = await fleet.fleet();
  const before = await simulator.mutations();
  const times: number[] = [];
  for (let run = 1; run <= runs; run += 1) {
    lab.say(`restart: run ${run} of ${runs}`);
    times.push(await timed(await fleet.restart()));
  }
  const mutations = (await simulator.mutations()) - before;
  return [
    aimed('restart.seconds', median(times), 's', 2, 'process start to 10,000 bots reconciled'),
    aimed('restart.mutations', mutations, 'calls', 0, `that change anything, in ${runs} starts`),
  ];
}

async function timed(controller: ControllerProcess): Promise<number> {
  await until('10,000 bots reconciled', 60_000, lookMs, async () => {
    const page = await controller.metrics();
    const reconciled = page.sum('controller_runtime_reconcile_total', 'result="success"');
    const left = page.sum('workqueue_depth') + page.sum('controller_runtime_active_workers');
    return reconciled >= largeFleet && left === 0 && page.sum('clawfleet_ready') === 1;
  });
  return (performance.now() - controller.startedAt) / 1_000;
}
