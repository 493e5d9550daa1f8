import type { Timer } from './timer.ts';

/** The time that one call has, from its first request to its last byte. */
export interface Deadline extends Disposable {
  /** Aborts when the time is up, or earlier with a caller's own reason if that caller gives up. */
  readonly signal: AbortSignal;
  /** Milliseconds left; 0 once the deadline has passed. */
  remainingMs(): number;
}

/** Starts a deadline of `budgetMs`. Dispose of it when the call has ended. */
export function startDeadline(timer: Timer, budgetMs: number, callers: readonly AbortSignal[]): Deadline {
  const controller = new AbortController();
  const end = timer.monotonic() + budgetMs;
  const late = () => controller.abort(new Error(`no answer within ${budgetMs / 1_000} s`));
  const cancel = timer.schedule(budgetMs, late);
  const listeners = callers.map((caller) => {
    const onAbort = () => controller.abort(caller.reason);
    if (caller.aborted) onAbort();
    else caller.addEventListener('abort', onAbort, { once: true });
    return () => caller.removeEventListener('abort', onAbort);
  });
  return {
    signal: controller.signal,
    remainingMs: () => Math.max(0, end - timer.monotonic()),
    [Symbol.dispose]() {
      cancel();
      for (const remove of listeners) remove();
    },
  };
}
