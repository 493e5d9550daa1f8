import type { VirtualClock } from '../../src/adapters/system/virtual-clock.ts';

/** Lets `ms` pass where nothing else is due before. */
export function passTime(clock: VirtualClock, ms: number): void {
  clock.schedule(ms, () => undefined);
  clock.runNext();
}
