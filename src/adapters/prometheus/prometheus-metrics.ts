import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { FleetOverview } from '../../model/fleet-overview.ts';
import type { BotCallObserver } from '../../ports/bot-call-observer.ts';
import type { CloudObserver } from '../../ports/cloud-observer.ts';
import type { Log } from '../../ports/log.ts';
import type { Metrics, QueueGauges } from '../../ports/metrics.ts';
import { botCallMetrics, type ClusterMetrics, cloudCallMetrics, clusterMetrics } from './call-metrics.ts';
import { engineMetrics } from './engine-metrics.ts';
import { fleetMetrics, stalledGauges } from './fleet-metrics.ts';

/** Counts and their exposition in Prometheus' text format. */
export interface PrometheusMetrics extends Metrics, CloudObserver, BotCallObserver {
  readonly cluster: ClusterMetrics;
  /** Registers why the process is not ready to work, or to take over: what `/readyz` says. */
  watchReady(notReady: () => readonly string[]): void;
  readonly contentType: string;
  render(): Promise<string>;
}

export interface MetricsOptions {
  /** Set: stalled bots are named, and told here when there are more than can be. */
  readonly perBot?: Log;
}

interface Watched {
  queue?: () => QueueGauges;
  fleet?: () => FleetOverview;
  notReady?: () => readonly string[];
}

/** A registry of its own, so that two controllers in one process do not mix; with the process's own metrics. */
export function prometheusMetrics({ perBot }: MetricsOptions = {}): PrometheusMetrics {
  const registry = new Registry();
  const watched: Watched = {};
  const overview = memo(() => watched.fleet?.());
  collectDefaultMetrics({ register: registry });
  readyGauge(registry, () => watched.notReady?.() ?? ['the process is starting']);
  if (perBot) stalledGauges(registry, overview, perBot);
  return {
    ...engineMetrics(registry, () => watched.queue?.()),
    ...fleetMetrics(registry, overview),
    ...cloudCallMetrics(registry),
    ...botCallMetrics(registry),
    cluster: clusterMetrics(registry),
    watch(queue, fleet) {
      watched.queue = queue;
      watched.fleet = fleet;
    },
    watchReady(notReady) {
      watched.notReady = notReady;
    },
    contentType: registry.contentType,
    render: () => registry.metrics(),
  };
}

/** By what /readyz says, so that a replica that stands by in good order counts as ready. */
function readyGauge(registry: Registry, notReady: () => readonly string[]): void {
  new Gauge({
    name: 'clawfleet_ready',
    help: 'Whether the process is ready to work, or to take over (1), or says why it is not at /readyz (0).',
    registers: [registry],
    collect() {
      this.set(notReady().length === 0 ? 1 : 0);
    },
  });
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
