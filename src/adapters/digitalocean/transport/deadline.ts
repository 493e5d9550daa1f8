import type { Clock } from '../../../ports/clock.ts';

/** The time that one call has, from its first request to its last byte, and the caller's own signal. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
  /** Milliseconds left; 0 when passed. */
  remainingMs(): number;
}

export function startDeadline(clock: Clock, budgetMs: number, caller: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  const end = clock.monotonic() + budgetMs;
  const onCaller = () => controller.abort(caller?.reason);
  const cancel = clock.schedule(budgetMs, () =>
    controller.abort(new Error(`no answer within ${budgetMs} ms`)),
  );
  if (caller?.aborted) onCaller();
  else caller?.addEventListener('abort', onCaller, { once: true });
  return {
    signal: controller.signal,
    remainingMs: () => Math.max(0, end - clock.monotonic()),
    [Symbol.dispose]() {
      cancel();
      caller?.removeEventListener('abort', onCaller);
    },
  };
}
