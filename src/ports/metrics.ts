import type { FleetOverview } from '../model/fleet-overview.ts';

export type ReconcileResult = 'success' | 'error' | 'requeue' | 'requeue_after';

/** What the work queue looks like at one moment. Seconds. */
export interface QueueGauges {
  readonly depth: number;
  readonly activeWorkers: number;
  readonly maxWorkers: number;
  readonly unfinishedWorkSeconds: number;
  readonly longestRunningSeconds: number;
}

/** What nobody asked for may differ between what is declared and what is. */
export const driftKinds = ['Gone', 'PoweredOff', 'Renamed', 'Retagged', 'Backups', 'IPv6'] as const;
export type DriftKind = (typeof driftKinds)[number];

/** Counts of what the engine does; how they are exported is the adapter’s business. */
export interface Metrics {
  reconciled(result: ReconcileResult, seconds: number): void;
  /** The cloud refused: trying the same again would change nothing. */
  terminalError(): void;
  /** A key newly waits for a worker. */
  queueAdded(): void;
  queueRetried(): void;
  /** Seconds that a key waited before a worker took it. */
  queueWaited(seconds: number): void;
  driftFound(kind: DriftKind): void;
  driftCorrected(kind: DriftKind): void;
  /** A create whose outcome was not known: `opened`, then `found` (it had happened) or `settled` (it had not). */
  createDoubt(stage: 'opened' | 'found' | 'settled'): void;
  /** Registers what is read at scrape time. */
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
