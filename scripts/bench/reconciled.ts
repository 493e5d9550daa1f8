import type { ControllerProcess } from '../../test/lab/controller-process.ts';
import { until } from '../../test/lab/until.ts';

/** A scrape of 10,000 bots takes the controller some 6 ms, which it would rather start with. */
const lookMs = 50;

/** Resolves when a controller that was just started has found each of `bots` bots as declared: seconds since its start. */
export async function reconciled(controller: ControllerProcess, bots: number): Promise<number> {
  await until(`${bots} bots reconciled`, 120_000, lookMs, async () => {
    const page = await controller.metrics();
    const passes = page.sum('controller_runtime_reconcile_total', 'result="success"');
    const left = page.sum('workqueue_depth') + page.sum('controller_runtime_active_workers');
    return passes >= bots && left === 0 && page.sum('clawfleet_ready') === 1;
  });
  return (performance.now() - controller.startedAt) / 1_000;
}
