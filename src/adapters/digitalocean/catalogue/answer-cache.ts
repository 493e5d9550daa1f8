import type { Clock } from '../../../ports/clock.ts';
import type { CallOptions, FreshOptions } from '../../../ports/cloud.ts';
import { PortError } from '../../../ports/port-error.ts';
import { withoutPermit } from '../transport/malformed-answer.ts';

interface AnswerCacheOptions<T> {
  /** The name of the answer in messages: `the catalogue`. */
  readonly what: string;
  readonly freshMs: number;
  readonly clock: Clock;
  /** Asks the cloud for what `key` names. */
  readonly read: (key: string, options: CallOptions) => Promise<T>;
}

/**
 * Answers that stay valid for a while. Callers that ask at the same time and with the same
 * urgency share one call. Failures are not kept.
 */
export class AnswerCache<T> {
  readonly #options: AnswerCacheOptions<T>;
  readonly #known = new Map<string, { readonly answer: T; readonly readAt: number }>();
  readonly #flights = new Map<string, Promise<T>>();

  constructor(options: AnswerCacheOptions<T>) {
    this.#options = options;
  }

  /** The cached answer, if fresh enough. */
  recall(key: string): { readonly answer: T } | undefined {
    const known = this.#known.get(key);
    return known && this.#isFresh(known) ? known : undefined;
  }

  async get(key: string, { fresh = false, ...options }: FreshOptions): Promise<T> {
    // One flight serves many callers and may take several calls, which get their own reservations.
    options.permit?.release();
    const known = fresh ? undefined : this.recall(key);
    return known
      ? known.answer
      : await orAborted(this.#flight(key, options), this.#options.what, options.signal);
  }

  /**
   * No single caller's signal ends a flight, only its own deadlines do. An urgent caller does not share a
   * flight with a background call that waits behind all others for the budget.
   */
  #flight(key: string, options: CallOptions): Promise<T> {
    const name = `${options.class} ${key}`;
    const underWay = this.#flights.get(name);
    if (underWay) return underWay;
    // Forget the old answer: the new one may be that the thing is gone.
    this.#known.delete(key);
    const flight = this.#read(key, options).finally(() => this.#flights.delete(name));
    this.#flights.set(name, flight);
    return flight;
  }

  async #read(key: string, { signal: _ofOneCaller, ...options }: CallOptions): Promise<T> {
    const { read, clock } = this.#options;
    const answer = await read(key, withoutPermit(options));
    this.#forgetStale();
    this.#known.set(key, { answer, readAt: clock.monotonic() });
    return answer;
  }

  #forgetStale(): void {
    for (const [key, known] of this.#known) if (!this.#isFresh(known)) this.#known.delete(key);
  }

  #isFresh({ readAt }: { readonly readAt: number }): boolean {
    return this.#options.clock.monotonic() - readAt < this.#options.freshMs;
  }
}

async function orAborted<T>(work: Promise<T>, what: string, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => {
    const message = `the wait for ${what} was cancelled`;
    reject(new PortError({ kind: 'unavailable' }, message, { cause: signal.reason }));
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
