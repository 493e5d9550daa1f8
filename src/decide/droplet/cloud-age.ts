import type { CloudSituation } from '../input.ts';
import { timeOf } from '../situation.ts';

/**
 * Milliseconds since a time that the cloud told, by the cloud's own clock: ours may differ by hours. 0 while the cloud's time is
 * not known, so that nothing counts as old.
 */
export function cloudAge({ cloud }: { readonly cloud: Pick<CloudSituation, 'time'> }, iso: string): number {
  return cloud.time === undefined ? 0 : Math.max(0, cloud.time - timeOf(iso));
}
