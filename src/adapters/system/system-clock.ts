import type { Cancel, Clock } from '../../ports/clock.ts';

/** The largest delay that a Node timer takes: 2^31 - 1 ms. */
const longestTimerMs = 2_147_483_647;

/** The machine's clocks. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(delayMs: number, run: () => void): Cancel {
    const timer = setTimeout(run, Math.min(Math.max(0, delayMs), longestTimerMs));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
