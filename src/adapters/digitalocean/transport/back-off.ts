import type { Chance } from '../../../ports/chance.ts';

/** The wait after the `failures`-th failure in a row: doubled each time up to `mostMs`, between half and whole of it. */
export function backOffMs(failures: number, firstMs: number, mostMs: number, chance: Chance): number {
  const whole = Math.min(mostMs, firstMs * 2 ** Math.max(0, failures - 1));
  return whole * (0.5 + chance.random() / 2);
}
