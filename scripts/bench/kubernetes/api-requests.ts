import type { ControllerProcess } from '../../../test/lab/controller-process.ts';
import type { Cluster } from '../../../test/lab/kubernetes/cluster.ts';

export type Written = 'bots' | 'accounts' | 'configmaps';

/** Changes so far of objects of a kind, as the API server counts them; creates and deletions are the load's. */
export async function apiWrites(cluster: Cluster, ...kinds: readonly Written[]): Promise<number> {
  const page = await cluster.metrics();
  let writes = 0;
  for (const kind of kinds)
    for (const verb of ['PUT', 'PATCH', 'APPLY'])
      writes += page.sum('apiserver_request_total', `resource="${kind}"`, `verb="${verb}"`);
  return writes;
}

/** Requests of the controller so far, renewals of its lease and events left out. */
export async function apiRequests(cluster: Cluster, controller: ControllerProcess): Promise<number> {
  const page = await controller.metrics();
  const reads = page.sum('rest_client_requests_total', 'method="GET"');
  return reads + (await apiWrites(cluster, 'bots', 'accounts', 'configmaps'));
}
