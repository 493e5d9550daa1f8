import type { Clock } from '../../../ports/clock.ts';
import type { TransportResponse } from './transport.ts';

/** How many answers are kept: one with a wrong date, or from a cache, does not move their median. */
const samples = 9;
/** Answers that took longer are ignored: their date may be off by half of that. */
const longestExchangeMs = 3000;
/** Dates are cut to whole seconds, so that on average they are half a second behind. */
const meanCutMs = 500;

/**
 * The cloud's time, measured from the `date` of its answers against the monotonic clock. The error is at
 * most half of the longest exchange plus half a second: 2 s.
 */
export class CloudTimer {
  readonly #clock: Clock;
  /** Cloud's epoch minus our monotonic reading, in ms; newest last. */
  readonly #offsets: number[] = [];
  #offset: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Epoch milliseconds; undefined before the first answer. */
  now(): number | undefined {
    return this.#offset === undefined ? undefined : this.#clock.monotonic() + this.#offset;
  }

  /** Measures with an answer that has just arrived to a request sent at `sentAt` (monotonic). */
  learn({ headers }: TransportResponse, sentAt: number): void {
    const receivedAt = this.#clock.monotonic();
    const dated = Date.parse(headers['date'] ?? '');
    if (Number.isNaN(dated) || receivedAt - sentAt > longestExchangeMs) return;
    this.#offsets.push(dated + meanCutMs - (sentAt + receivedAt) / 2);
    if (this.#offsets.length > samples) this.#offsets.shift();
    this.#offset = median(this.#offsets);
  }
}

/** The median; of an even number of values the lower one in the middle. */
function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[(values.length - 1) >> 1];
}
