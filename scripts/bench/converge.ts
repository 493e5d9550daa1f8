import type { ControllerProcess } from '../../test/lab/controller-process.ts';
import { until } from '../../test/lab/until.ts';

/** How often an outsider asks whether all bots are Ready: the exactness of what is measured, in ms. */
const everyMs = 25;

/** Resolves when the controller tells that `count` bots are Ready. */
export async function converged(
  controller: ControllerProcess,
  count: number,
  withinMs: number,
): Promise<void> {
  await until(`${count} Ready bots`, withinMs, everyMs, async () => {
    const page = await controller.metrics();
    return page.sum('clawfleet_bots_ready') === count;
  });
}

/** Resolves when the controller does not stall any more: it watches its directory and has seen the cloud. */
export async function watching(controller: ControllerProcess): Promise<void> {
  await until('the controller to be ready', 20_000, 25, async () => {
    const page = await controller.metrics();
    return page.sum('clawfleet_ready') === 1;
  });
}
