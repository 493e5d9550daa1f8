import { sleep } from '../ports/clock.ts';
import type { StoredLease } from '../ports/lease-store.ts';
import { faultOf } from '../ports/port-error.ts';
import type { LeaderElectorOptions } from './leader-elector-options.ts';

type Options<Lease extends StoredLease> = Pick<
  LeaderElectorOptions<Lease>,
  'store' | 'clock' | 'log' | 'lease'
>;

/**
 * Tells of each renewal as it happens until `signal` aborts, where the store can be watched: who learns of it only at
 * its next look counts the lease from then on, and takes it over that much later. Never rejects.
 */
export async function followLease<Lease extends StoredLease>(
  { store, clock, log, lease }: Options<Lease>,
  retryMs: number,
  signal: AbortSignal,
  seen: (lease: Lease) => void,
): Promise<void> {
  let isTold = false;
  while (store.watch && !signal.aborted) {
    try {
      await store.watch(signal, seen);
    } catch (error) {
      const isRefused = faultOf(error, 'refused') !== undefined;
      if (isRefused && !isTold)
        log.warn({ lease, err: error }, 'the lease cannot be watched: a take-over may take 2 s longer');
      isTold ||= isRefused;
    }
    await sleep(clock, retryMs, signal).catch(() => undefined);
  }
}
