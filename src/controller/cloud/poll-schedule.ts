import type { Budget } from '../../ports/budget.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FleetView } from './fleet-view.ts';
import { pagesOf, pollInterval, sweepInterval } from './poll-interval.ts';
import type { WatchList } from './watch-list.ts';

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

/** How a site looks next, and when: soon while something is on its way, else when the next sweep is due. */
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
