import pRetry, { type RetryContext } from 'p-retry';
import { backOffMs } from '../../../kit/back-off.ts';
import type { Deadline } from '../../../kit/deadline.ts';
import type { Chance } from '../../../ports/chance.ts';
import { type Clock, sleep } from '../../../ports/clock.ts';
import { faultOf } from '../../../ports/port-error.ts';

const firstPauseMs = 250;
const longestPauseMs = 5000;

export interface RetryOptions {
  readonly clock: Clock;
  readonly chance: Chance;
  /** The most retries after the first try. */
  readonly retries: number;
  readonly deadline: Deadline;
}

/**
 * Retries a read that got no answer, or met a rate limit that ends before the deadline.
 * `attempt` receives its number, from 1.
 */
export function retryRead<T>(attempt: (number: number) => Promise<T>, options: RetryOptions): Promise<T> {
  // p-retry only counts; we wait here, on our own clock.
  return pRetry(attempt, {
    retries: options.retries,
    minTimeout: 0,
    onFailedAttempt: (context) => pauseOrGiveUp(context, options),
  });
}

/** Throws the failure if a retry makes no sense or would begin after the deadline. */
async function pauseOrGiveUp(context: RetryContext, options: RetryOptions): Promise<void> {
  const { error, attemptNumber, retriesLeft } = context;
  const pauseMs = pauseAfter(error, attemptNumber, options);
  if (pauseMs === undefined || retriesLeft === 0 || pauseMs >= options.deadline.remainingMs()) throw error;
  try {
    await sleep(options.clock, pauseMs, options.deadline.signal);
  } catch {
    // The wait was aborted: report the failure that led to it.
    throw error;
  }
}

function pauseAfter(
  error: Error,
  attemptNumber: number,
  { clock, chance }: RetryOptions,
): number | undefined {
  const fault = faultOf(error, 'unavailable', 'rateLimited');
  if (fault?.kind === 'rateLimited') return Math.max(0, fault.until - clock.now());
  return fault && backOffMs(attemptNumber, firstPauseMs, longestPauseMs) * (0.5 + chance.random() / 2);
}
