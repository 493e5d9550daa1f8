import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Metrics, QueueGauges, ReconcileResult } from '../../ports/metrics.ts';

const controller = 'bot';
const queue = { name: 'bot', controller };
const results: readonly ReconcileResult[] = ['success', 'error', 'requeue', 'requeue_after'];

/** Buckets of controller-runtime's reconcile_time_seconds, so that existing dashboards read ours. */
const reconcileBuckets = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5,
  1.75, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];
/** Buckets of controller-runtime's work queue: powers of ten from 10 ns to 1000 s. */
const queueBuckets = Array.from({ length: 12 }, (_, power) => Number(`1e${power - 8}`));

type EngineCounts = Pick<
  Metrics,
  'reconciled' | 'terminalError' | 'queueAdded' | 'queueRetried' | 'queueWaited'
>;

/** What the engine counts, under the names that controller-runtime uses; each starts at 0. */
export function engineMetrics(registry: Registry, gauges: () => QueueGauges | undefined): EngineCounts {
  const reconciles = reconcileMetrics(registry);
  const work = queueMetrics(registry);
  watchGauges(registry, gauges);
  return {
    reconciled(result, seconds) {
      reconciles.total.inc({ controller, result });
      if (result === 'error') reconciles.errors.inc({ controller });
      reconciles.time.observe({ controller }, seconds);
      work.worked.observe(queue, seconds);
    },
    terminalError: () => reconciles.terminal.inc({ controller }),
    queueAdded: () => work.adds.inc(queue),
    queueRetried: () => work.retries.inc(queue),
    queueWaited: (seconds) => work.waited.observe(queue, seconds),
  };
}

function reconcileMetrics(registry: Registry) {
  const common = { registers: [registry], labelNames: ['controller'] };
  const total = new Counter({
    name: 'controller_runtime_reconcile_total',
    help: 'Passes over a bot, by result.',
    registers: [registry],
    labelNames: ['controller', 'result'],
  });
  const errors = new Counter({
    ...common,
    name: 'controller_runtime_reconcile_errors_total',
    help: 'Passes that failed.',
  });
  const terminal = new Counter({
    ...common,
    name: 'controller_runtime_terminal_reconcile_errors_total',
    help: 'Passes that failed in a way that trying again does not mend.',
  });
  const time = new Histogram({
    ...common,
    name: 'controller_runtime_reconcile_time_seconds',
    help: 'How long a pass over a bot took.',
    buckets: reconcileBuckets,
  });
  for (const result of results) total.inc({ controller, result }, 0);
  errors.inc({ controller }, 0);
  terminal.inc({ controller }, 0);
  time.zero({ controller });
  return { total, errors, terminal, time };
}

function queueMetrics(registry: Registry) {
  const common = { registers: [registry], labelNames: ['name', 'controller'] };
  const adds = new Counter({
    ...common,
    name: 'workqueue_adds_total',
    help: 'Keys added to the work queue.',
  });
  const retries = new Counter({
    ...common,
    name: 'workqueue_retries_total',
    help: 'Keys added again after a failure.',
  });
  const waited = new Histogram({
    ...common,
    name: 'workqueue_queue_duration_seconds',
    help: 'How long a key waited for a worker.',
    buckets: queueBuckets,
  });
  const worked = new Histogram({
    ...common,
    name: 'workqueue_work_duration_seconds',
    help: 'How long a worker had a key.',
    buckets: queueBuckets,
  });
  for (const counter of [adds, retries]) counter.inc(queue, 0);
  for (const histogram of [waited, worked]) histogram.zero(queue);
  return { adds, retries, waited, worked };
}

function watchGauges(registry: Registry, gauges: () => QueueGauges | undefined): void {
  const gauge = (
    name: string,
    help: string,
    labels: Record<string, string>,
    read: (now: QueueGauges) => number,
  ) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      labelNames: Object.keys(labels),
      collect() {
        const now = gauges();
        this.set(labels, now ? read(now) : 0);
      },
    });
  gauge(
    'controller_runtime_max_concurrent_reconciles',
    'Most passes at the same time.',
    { controller },
    (now) => now.maxWorkers,
  );
  gauge('controller_runtime_active_workers', 'Passes under way.', { controller }, (now) => now.activeWorkers);
  gauge('workqueue_depth', 'Keys waiting for a worker.', queue, (now) => now.depth);
  gauge(
    'workqueue_unfinished_work_seconds',
    'Sum of the ages of all passes under way.',
    queue,
    (now) => now.unfinishedWorkSeconds,
  );
  gauge(
    'workqueue_longest_running_processor_seconds',
    'Age of the oldest pass under way.',
    queue,
    (now) => now.longestRunningSeconds,
  );
}
