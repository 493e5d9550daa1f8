import { cpuSeconds } from '../../lab/process-figures.ts';
import { until } from '../../lab/until.ts';
import type { ClusterFleet } from './cluster-fleet.ts';

export interface ColdStart {
  /** From the start of the process until each bot was found as declared. */
  readonly seconds: number;
  /** Of the controller's CPU until then. */
  readonly cpuSeconds: number;
}

/** Of the controller that was just started; the one before gave its lease up. */
export async function coldStart(fleet: ClusterFleet): Promise<ColdStart> {
  const { controller } = fleet;
  await until(`${fleet.size} bots reconciled`, 120_000, 50, async () => {
    const page = await controller.metrics();
    const reconciled = page.sum('controller_runtime_reconcile_total', 'result="success"');
    const left = page.sum('workqueue_depth') + page.sum('controller_runtime_active_workers');
    return reconciled >= fleet.size && left === 0 && page.sum('clawfleet_ready') === 1;
  });
  const seconds = (performance.now() - controller.startedAt) / 1_000;
  return { seconds, cpuSeconds: cpuSeconds(controller.child.pid) };
}
