import type { FleetOverview } from '../model/fleet-overview.ts';

export type ReconcileResult = 'success' | 'error' | 'requeue' | 'requeue_after';

/** The state of the work queue at one moment. Times are in seconds. */
export interface QueueGauges {
  readonly depth: number;
  readonly activeWorkers: number;
  readonly maxWorkers: number;
  readonly unfinishedWorkSeconds: number;
  readonly longestRunningSeconds: number;
}

/** The ways in which a droplet may come to differ from its declaration unasked. */
export const driftKinds = ['Gone', 'PoweredOff', 'Renamed', 'Retagged', 'Backups', 'IPv6'] as const;
export type DriftKind = (typeof driftKinds)[number];

/** Counts of what the engine does; the adapter decides how they are exported. */
export interface Metrics {
  reconciled(result: ReconcileResult, seconds: number): void;
  /** The cloud refused, and a retry would not change that. */
  terminalError(): void;
  /** A key was added to the queue. */
  queueAdded(): void;
  queueRetried(): void;
  /** How long a key waited before a worker took it, in seconds. */
  queueWaited(seconds: number): void;
  driftFound(kind: DriftKind): void;
  driftCorrected(kind: DriftKind): void;
  /** A create with unknown outcome: `opened`, then `found` (it had happened) or `settled` (it had not). */
  createDoubt(stage: 'opened' | 'found' | 'settled'): void;
  /** Registers the functions that are read at scrape time. */
  watch(queue: () => QueueGauges, fleet: () => FleetOverview): void;
}

/** Counts nothing: for tests and one-shot commands. */
export const noMetrics: Metrics = {
  reconciled() {},
  terminalError() {},
  queueAdded() {},
  queueRetried() {},
  queueWaited() {},
  driftFound() {},
  driftCorrected() {},
  createDoubt() {},
  watch() {},
};
