import { Counter, Histogram, type Registry } from 'prom-client';
import type { CloudObserver } from '../../ports/cloud-observer.ts';

/** From a quick read to the longest deadline of a call. */
const buckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

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
    buckets,
  });
  return {
    call(route, outcome, duration) {
      calls.inc({ route, outcome });
      seconds.observe({ route }, duration);
    },
  };
}
