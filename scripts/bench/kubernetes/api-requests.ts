import type { Cluster } from '../../lab/cluster.ts';
import type { ControllerProcess } from '../../lab/controller-process.ts';

/** Changes of Bots, Accounts and the fleet's record so far, as the API server counts them; creates are the load's. */
export async function apiWrites(cluster: Cluster): Promise<number> {
  const page = await cluster.metrics();
  let writes = 0;
  for (const resource of ['resource="bots"', 'resource="accounts"', 'resource="configmaps"'])
    for (const verb of ['verb="PUT"', 'verb="PATCH"', 'verb="APPLY"'])
      writes += page.sum('apiserver_request_total', resource, verb);
  return writes;
}

/** Requests of the controller so far, renewals of its lease and events left out. */
export async function apiRequests(cluster: Cluster, controller: ControllerProcess): Promise<number> {
  const page = await controller.metrics();
  const reads = page.sum('rest_client_requests_total', 'method="GET"');
  return reads + (await apiWrites(cluster));
}
