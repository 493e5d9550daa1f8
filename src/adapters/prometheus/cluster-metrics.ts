import { Counter, Gauge, type Registry } from 'prom-client';

/** What concerns the cluster that a controller works on, under the names that client-go uses. */
export interface ClusterMetrics {
  /** A request was sent to the API server; `code` is the HTTP status, or `<error>` when no answer came. */
  request(method: string, code: string, host: string): void;
  /** Registers whether the lease `name` is held, read at scrape time. */
  watchLease(name: string, isHeld: () => boolean): void;
}

export function clusterMetrics(registry: Registry): ClusterMetrics {
  const requests = new Counter({
    name: 'rest_client_requests_total',
    help: 'Requests sent to the Kubernetes API, by status code, method and host.',
    registers: [registry],
    labelNames: ['code', 'method', 'host'],
  });
  return {
    request: (method, code, host) => requests.inc({ code, method, host }),
    watchLease(name, isHeld) {
      new Gauge({
        name: 'leader_election_master_status',
        help: 'Whether this process holds the lease: 1 when it leads, 0 when it stands by.',
        registers: [registry],
        labelNames: ['name'],
        collect() {
          this.set({ name }, isHeld() ? 1 : 0);
        },
      });
    },
  };
}
