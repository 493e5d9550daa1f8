import { collectDefaultMetrics, Registry } from 'prom-client';
import type { FleetOverview } from '../../model/fleet-overview.ts';
import type { BotCallObserver } from '../../ports/bot-call-observer.ts';
import type { CloudObserver } from '../../ports/cloud-observer.ts';
import type { Metrics, QueueGauges } from '../../ports/metrics.ts';
import { botCallMetrics } from './bot-call-metrics.ts';
import { cloudCallMetrics } from './cloud-call-metrics.ts';
import { type ClusterMetrics, clusterMetrics } from './cluster-metrics.ts';
import { engineMetrics } from './engine-metrics.ts';
import { fleetMetrics } from './fleet-metrics.ts';

/** Counts and their exposition in Prometheus' text format. */
export interface PrometheusMetrics extends Metrics, CloudObserver, BotCallObserver {
  readonly cluster: ClusterMetrics;
  readonly contentType: string;
  render(): Promise<string>;
}

/** A registry of its own, so that two controllers in one process do not mix; with the process's own metrics. */
export function prometheusMetrics(): PrometheusMetrics {
  const registry = new Registry();
  const watched: { queue?: () => QueueGauges; fleet?: () => FleetOverview } = {};
  collectDefaultMetrics({ register: registry });
  return {
    ...engineMetrics(registry, () => watched.queue?.()),
    ...fleetMetrics(
      registry,
      memo(() => watched.fleet?.()),
    ),
    ...cloudCallMetrics(registry),
    ...botCallMetrics(registry),
    cluster: clusterMetrics(registry),
    watch(queue, fleet) {
      watched.queue = queue;
      watched.fleet = fleet;
    },
    contentType: registry.contentType,
    render: () => registry.metrics(),
  };
}

/** One overview serves all gauges of a scrape, which are collected in one turn of the event loop. */
function memo<T>(read: () => T): () => T {
  let last: { readonly value: T } | undefined;
  return () => {
    if (last) return last.value;
    const value = read();
    last = { value };
    queueMicrotask(() => {
      last = undefined;
    });
    return value;
  };
}
