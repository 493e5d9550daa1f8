import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds, residentMB } from '../../../test/lab/process-figures.ts';
import { median } from '../percentile.ts';
import { apiRequests } from './api-requests.ts';
import type { ClusterFleet } from './cluster-fleet.ts';

/** Bots, Accounts, the ConfigMap with the fleet's record; the bots of the benches refer to no Secret. */
export const watchedKinds = 3;

export interface Rest {
  /** Median, resident. */
  readonly residentMB: number;
  /** Of a core. */
  readonly cpuPercent: number;
  readonly requestsPerKindAndMinute: number;
  /** That change a droplet. */
  readonly mutations: number;
}

/** What a converged fleet costs over so many seconds without any change. */
export async function atRest(fleet: ClusterFleet, seconds: number): Promise<Rest> {
  const { cluster, controller, simulator } = fleet;
  const { pid } = controller.child;
  const mutations = await simulator.mutations();
  const requests = await apiRequests(cluster, controller);
  const cpu = cpuSeconds(pid);
  const sizes: number[] = [];
  for (let second = 0; second < seconds; second += 1) {
    await sleep(1_000);
    sizes.push(residentMB(pid));
  }
  const cpuPercent = (100 * (cpuSeconds(pid) - cpu)) / seconds;
  const sent = (await apiRequests(cluster, controller)) - requests;
  return {
    residentMB: median(sizes),
    cpuPercent,
    requestsPerKindAndMinute: sent / watchedKinds / (seconds / 60),
    mutations: (await simulator.mutations()) - mutations,
  };
}
