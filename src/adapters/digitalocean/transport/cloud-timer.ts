import type { Clock } from '../../../ports/clock.ts';
import type { TransportResponse } from './transport.ts';

/** So many answers make the measure: one that was dated wrongly, or came from a cache, does not move the median. */
const samples = 9;
/** An answer that took longer says too little: its date may be half of that off. */
const longestExchangeMs = 3000;
/** A date has whole seconds, cut off: on average it is half of one behind. */
const meanCutMs = 500;

/**
 * The cloud's time, measured from the `date` of its answers against the monotonic clock. The error is at most half of
 * the longest exchange and half a second: 2 s.
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

  /** Takes in an answer that has just come to a request sent at `sentAt` (monotonic). */
  learn({ headers }: TransportResponse, sentAt: number): void {
    const receivedAt = this.#clock.monotonic();
    const dated = Date.parse(headers['date'] ?? '');
    if (Number.isNaN(dated) || receivedAt - sentAt > longestExchangeMs) return;
    this.#offsets.push(dated + meanCutMs - (sentAt + receivedAt) / 2);
    if (this.#offsets.length > samples) this.#offsets.shift();
    this.#offset = median(this.#offsets);
  }
}

/** Of an even number the lower one in the middle. */
function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[(values.length - 1) >> 1];
}
