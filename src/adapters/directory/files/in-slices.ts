import type { Clock } from '../../../ports/clock.ts';

/** How long work may hold up everything else before it pauses, in ms. */
const longestSliceMs = 5;

export interface Sliced<T> {
  readonly value: T;
  /** What the work took, its pauses left out. */
  readonly ms: number;
}

/** Carries out the steps with pauses in which other things get their turn; undefined when it is over before they end. */
export async function inSlices<T>(
  clock: Clock,
  steps: Generator<undefined, T>,
  isOver: () => boolean,
): Promise<Sliced<T> | undefined> {
  let since = clock.monotonic();
  let beforeMs = 0;
  while (!isOver()) {
    const step = steps.next();
    const sliceMs = clock.monotonic() - since;
    if (step.done) return { value: step.value, ms: beforeMs + sliceMs };
    if (sliceMs < longestSliceMs) continue;
    beforeMs += sliceMs;
    await new Promise((resolve) => setImmediate(resolve));
    since = clock.monotonic();
  }
  return undefined;
}
