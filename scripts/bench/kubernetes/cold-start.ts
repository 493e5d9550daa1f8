import { cpuSeconds } from '../../../test/lab/process-figures.ts';
import { reconciled } from '../reconciled.ts';
import type { ClusterFleet } from './cluster-fleet.ts';

export interface ColdStart {
  /** From the start of the process until each bot was found as declared. */
  readonly seconds: number;
  /** Of the controller's CPU until then. */
  readonly cpuSeconds: number;
}

/** Of the controller that was just started; the one before gave its lease up. */
export async function coldStart({ controller, size }: ClusterFleet): Promise<ColdStart> {
  const seconds = await reconciled(controller, size);
  return { seconds, cpuSeconds: cpuSeconds(controller.child.pid) };
}
