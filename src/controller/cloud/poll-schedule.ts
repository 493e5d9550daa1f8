import type { ResourceKey } from '../../model/resource-key.ts';
import type { Budget, BudgetSnapshot } from '../../ports/budget.ts';
import type { Clock } from '../../ports/clock.ts';
import { pageSize } from '../../ports/cloud.ts';
import type { FleetView } from './fleet-view.ts';

interface Options {
  readonly clock: Clock;
  readonly budget: Budget;
  /** Shortest interval between two polls of what is on its way. */
  readonly pollMs: number;
  /** Shortest interval between two whole listings. */
  readonly sweepMs: number;
  readonly view: FleetView;
  readonly watched: WatchList;
}

/** How and when a site reads the cloud next: soon while something is on its way, else when the next sweep is due. */
export class PollSchedule {
  readonly #options: Options;
  #lastPoll = Number.NEGATIVE_INFINITY;

  constructor(options: Options) {
    this.#options = options;
  }

  polled(): void {
    this.#lastPoll = this.#options.clock.monotonic();
  }

  /** Whether GETs of what is on its way cost fewer calls than a listing, and none is due anyway. */
  get byGet(): boolean {
    const { watched, view } = this.#options;
    const { size } = watched;
    return size > 0 && size <= this.#pages && this.#msToSweep > 0 && !view.awaitsListing;
  }

  get msToNext(): number {
    return Math.max(0, Math.min(this.#msToSweep, this.#msToPoll));
  }

  get #pages(): number {
    return pagesOf(this.#options.view.size);
  }

  get #msToSweep(): number {
    const { clock, view, sweepMs, budget } = this.#options;
    const now = clock.monotonic();
    return (view.wholeSince ?? now) + sweepInterval(sweepMs, this.#pages, budget.snapshot()) - now;
  }

  get #msToPoll(): number {
    const { clock, watched, view, pollMs, budget } = this.#options;
    if (watched.size === 0 && !view.awaitsListing) return Number.POSITIVE_INFINITY;
    const calls = view.awaitsListing ? this.#pages : Math.min(watched.size, this.#pages);
    return this.#lastPoll + pollInterval(pollMs, calls, budget.snapshot()) - clock.monotonic();
  }
}

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

/** Droplets on their way to another state, by the bot that waits for each. */
export class WatchList {
  readonly #byBot = new Map<ResourceKey, number>();

  get size(): number {
    return this.#byBot.size;
  }

  /** Sets the droplet that the bot waits for, if any; true when the bot did not wait for that one before. */
  set(key: ResourceKey, dropletID: number | undefined): boolean {
    if (dropletID === undefined) return this.#byBot.delete(key) && false;
    if (this.#byBot.get(key) === dropletID) return false;
    this.#byBot.set(key, dropletID);
    return true;
  }

  /** Each droplet once. */
  ids(): number[] {
    return [...new Set(this.#byBot.values())];
  }

  watcherOf(dropletID: number): ResourceKey | undefined {
    for (const [key, watched] of this.#byBot) if (watched === dropletID) return key;
    return undefined;
  }
}
