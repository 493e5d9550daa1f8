/** What the helpers of this folder need of a clock; `Clock` (src/ports/clock.ts) is one. */
export interface Timer {
  /** Milliseconds from an arbitrary origin; never steps back. */
  monotonic(): number;
  /** Calls `run` once after `delayMs`; the result cancels it. */
  schedule(delayMs: number, run: () => void): () => void;
}
