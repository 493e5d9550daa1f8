import type { Clock } from '../../../../ports/clock.ts';

/** The time that one call has, from its first request to its last byte, and who may end it before. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
  /** Milliseconds left; 0 when passed. */
  remainingMs(): number;
}

/** `callers`: each may end it with its own reason. */
export function startDeadline(clock: Clock, budgetMs: number, callers: readonly AbortSignal[]): Deadline {
  const controller = new AbortController();
  const end = clock.monotonic() + budgetMs;
  const late = () => controller.abort(new Error(`no answer within ${budgetMs / 1_000} s`));
  const cancel = clock.schedule(budgetMs, late);
  const listeners = callers.map((caller) => {
    const onAbort = () => controller.abort(caller.reason);
    if (caller.aborted) onAbort();
    else caller.addEventListener('abort', onAbort, { once: true });
    return () => caller.removeEventListener('abort', onAbort);
  });
  return {
    signal: controller.signal,
    remainingMs: () => Math.max(0, end - clock.monotonic()),
    [Symbol.dispose]() {
      cancel();
      for (const remove of listeners) remove();
    },
  };
}
