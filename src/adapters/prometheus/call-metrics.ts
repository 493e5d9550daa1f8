import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { type BotCallObserver, botCallNames } from '../../ports/bot-call-observer.ts';
import type { CloudObserver } from '../../ports/cloud-observer.ts';

/** From a heartbeat to the longest wait for a config. */
const botBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What a bot may be answered; no call is answered by 1xx. */
const codes = ['2xx', '3xx', '4xx', '5xx'];

/** Every request of bots, by what was called and the class of the answer. */
export function botCallMetrics(registry: Registry): BotCallObserver {
  const requests = new Counter({
    name: 'clawfleet_bot_api_requests_total',
    help: 'Requests to the bot API, by call and class of the answer’s status.',
    registers: [registry],
    labelNames: ['call', 'code'],
  });
  for (const call of botCallNames) for (const code of codes) requests.inc({ call, code }, 0);
  const seconds = new Histogram({
    name: 'clawfleet_bot_api_request_seconds',
    help: 'From a request’s headers to the end of its answer; waitForConfig may be held for up to a minute.',
    registers: [registry],
    labelNames: ['call'],
    buckets: botBuckets,
  });
  return {
    botCall(call, code, duration) {
      requests.inc({ call, code });
      seconds.observe({ call }, duration);
    },
  };
}

/** From a quick read to the longest deadline of a call. */
const cloudBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Every request sent to the cloud, by route and outcome. */
export function cloudCallMetrics(registry: Registry): CloudObserver {
  const calls = new Counter({
    name: 'clawfleet_cloud_calls_total',
    help: 'Requests sent to the cloud, by route and outcome (ok, or fault/status class).',
    registers: [registry],
    labelNames: ['route', 'outcome'],
  });
  const seconds = new Histogram({
    name: 'clawfleet_cloud_call_seconds',
    help: 'From the sending of a request to the last byte of its answer.',
    registers: [registry],
    labelNames: ['route'],
    buckets: cloudBuckets,
  });
  return {
    call(route, outcome, duration) {
      calls.inc({ route, outcome });
      seconds.observe({ route }, duration);
    },
  };
}

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
