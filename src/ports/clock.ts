/** Cancels a scheduled call; calling it twice, or after the call ran, does nothing. */
export type Cancel = () => void;

/** Time as a port, so that a seeded run repeats exactly and tests can move it. */
export interface Clock {
  /** Wall time, milliseconds since the epoch. May step; only for what people read and for stored stamps. */
  now(): number;
  /**
   * Milliseconds from an arbitrary origin; never steps back. Every window and deadline counts on this one.
   */
  monotonic(): number;
  /** Calls `run` once after `delayMs` (0 or more). A pending call does not keep the process alive. */
  schedule(delayMs: number, run: () => void): Cancel;
}

/** Resolves after `delayMs`, or rejects with the signal's reason as soon as it aborts. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.schedule(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
