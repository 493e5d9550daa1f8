import type { Clock } from '../../../ports/clock.ts';
import type { LeaseCall } from '../../../ports/lease-store.ts';
import { PortError } from '../../../ports/port-error.ts';

/** What `act` comes to, or `unavailable` when the deadline passes first or the signal ends it; it may go on unseen. */
export async function withinDeadline<T>(clock: Clock, call: LeaseCall, act: Promise<T>): Promise<T> {
  const { signal, deadlineMs } = call;
  const ended = Promise.withResolvers<never>();
  const end = (why: string) => ended.reject(new PortError({ kind: 'unavailable' }, `MongoDB: ${why}`));
  const onAbort = () => end('ended by the caller');
  const cancel = clock.schedule(deadlineMs, () => end(`no answer within ${deadlineMs / 1_000} s`));
  signal?.addEventListener('abort', onAbort);
  if (signal?.aborted) onAbort();
  try {
    return await Promise.race([act, ended.promise]);
  } finally {
    cancel();
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Twice the driver's own limits on reaching the server, on getting a connection and on the answer, for it tries twice. */
const forgottenMs = 50_000;

/**
 * What a call of the driver comes to; `unavailable` when it never ends. That of a call that is made in the very moment in
 * which the server's end closes all connections never does: the driver then waits for a socket that is gone.
 */
export function answered<T>(clock: Clock, call: Promise<T>): Promise<T> {
  return withinDeadline(clock, { deadlineMs: forgottenMs }, call);
}
