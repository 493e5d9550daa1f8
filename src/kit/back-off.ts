/**
 * The wait after the `failures`-th failure in a row (from 1): `firstMs`, doubled with
 * each further one, up to `longestMs`.
 */
export function backOffMs(failures: number, firstMs: number, longestMs: number): number {
  return Math.min(longestMs, firstMs * 2 ** Math.max(0, failures - 1));
}
