import type { BudgetSnapshot } from '../../ports/budget.ts';
import { pageSize } from '../../ports/cloud.ts';

/** Share of the minute's calls that polls of droplets on their way may take. */
const pollShare = 0.4;
/** Share of the hour's calls that sweeps of a fleet at rest may take. */
const sweepShare = 0.2;

/** Rest between two listings, for each page of one. */
const pageRestMs = 2_000;

/** Calls that one whole listing of `droplets` takes. */
export function pagesOf(droplets: number): number {
  return Math.max(1, Math.ceil(droplets / pageSize));
}

/** Milliseconds between two polls that cost `calls` each: as often as wished, as seldom as the budget needs. */
export function pollInterval(wishedMs: number, calls: number, budget: BudgetSnapshot): number {
  const perMinute = (calls * 60_000) / (budget.minuteLimit * pollShare);
  const perHour = (calls * 3_600_000) / Math.max(1, budget.hourlyRemaining);
  return Math.max(wishedMs, perMinute, perHour);
}

/**
 * Milliseconds between two whole listings of a fleet at rest: as often as wished, as seldom as the budget and the
 * processor need. A page takes 5 to 10 ms of a core, so a page each two seconds stays below half a percent; DigitalOcean's
 * own limit of 5,000 calls an hour allows half as many.
 */
export function sweepInterval(wishedMs: number, calls: number, budget: BudgetSnapshot): number {
  const perHour = (calls * 3_600_000) / (budget.hourlyLimit * sweepShare);
  return Math.max(wishedMs, perHour, calls * pageRestMs);
}
