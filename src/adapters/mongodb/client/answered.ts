import type { Clock } from '../../../ports/clock.ts';
import { withinDeadline } from './within-deadline.ts';

/** Twice the driver's own limits on reaching the server, on getting a connection and on the answer, for it tries twice. */
const forgottenMs = 50_000;

/**
 * What a call of the driver comes to; `unavailable` when it never ends. That of a call that is made in the very moment in
 * which the server's end closes all connections never does: the driver then waits for a socket that is gone.
 */
export function answered<T>(clock: Clock, call: Promise<T>): Promise<T> {
  return withinDeadline(clock, { deadlineMs: forgottenMs }, call);
}
