import type { Clock } from '../../../src/ports/clock.ts';

const start = Date.parse('2026-03-01T12:00:00Z');

export interface VirtualClock extends Clock {
  /** Runs every timer due within the next `ms`, each at its own time, and whatever it sets off. */
  advance(ms: number): Promise<void>;
  /** Advances from timer to timer until the promise settles. */
  until<T>(promise: Promise<T>): Promise<T>;
  readonly pending: number;
}

/** A clock that moves only when told to. */
export function virtualClock(): VirtualClock {
  let elapsed = 0;
  let made = 0;
  const timers = new Map<number, { at: number; run: () => void }>();
  const next = () => [...timers].sort(([a, x], [b, y]) => x.at - y.at || a - b)[0];
  const clock: VirtualClock = {
    now: () => start + elapsed,
    monotonic: () => elapsed,
    schedule(delayMs, run) {
      made += 1;
      const id = made;
      timers.set(id, { at: elapsed + Math.max(0, delayMs), run });
      return () => timers.delete(id);
    },
    async advance(ms) {
      const end = elapsed + ms;
      await settle();
      for (let timer = next(); timer !== undefined && timer[1].at <= end; timer = next()) {
        elapsed = Math.max(elapsed, timer[1].at);
        timers.delete(timer[0]);
        timer[1].run();
        await settle();
      }
      elapsed = end;
    },
    async until(promise) {
      let settled = false;
      const done = () => {
        settled = true;
      };
      promise.then(done, done);
      for (await settle(); !settled; await settle()) {
        const timer = next();
        if (timer === undefined) throw new Error('nothing is left that could settle the promise');
        elapsed = Math.max(elapsed, timer[1].at);
        timers.delete(timer[0]);
        timer[1].run();
      }
      return promise;
    },
    get pending() {
      return timers.size;
    },
  };
  return clock;
}

/** Lets everything run that needs no time. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
}
