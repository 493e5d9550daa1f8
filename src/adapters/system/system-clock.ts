import type { Cancel, Clock } from '../../ports/clock.ts';

/** The largest delay that a Node timer takes: 2^31 - 1 ms. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** The machine's clocks. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(delayMs: number, run: () => void): Cancel {
    const timer = setTimeout(run, Math.min(Math.max(0, delayMs), LONGEST_TIMER_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
