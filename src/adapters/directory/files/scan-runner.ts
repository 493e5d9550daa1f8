import { type Clock, sleep } from '../../../ports/clock.ts';
import type { Declarations } from './declarations.ts';
import type { Scan } from './scan.ts';

/** Looks in a row until nothing is in doubt; a name not found is gone when two of them missed it. */
const mostRounds = 4;
/**
 * Between two of them, in ms: whoever writes a file anew empties it first, and a look in that moment misses what it
 * declares. Programs fill it within a few ms.
 */
const roundPauseMs = 100;

/** Runs looks one after the other, in slices, and has each taken in. */
export class ScanRunner {
  readonly #declarations: Declarations;
  readonly #clock: Clock;
  readonly #take: (look: Scan) => void;
  #running: Promise<boolean> = Promise.resolve(true);
  readonly #end = new AbortController();
  #lookMs = 0;

  constructor(declarations: Declarations, clock: Clock, take: (look: Scan) => void) {
    this.#declarations = declarations;
    this.#clock = clock;
    this.#take = take;
  }

  /** What the last look took of the processor, its pauses left out, in ms. */
  get lookMs(): number {
    return this.#lookMs;
  }

  /** Looks once those before are done; false when something is still moving and one should look again. */
  look(deep: boolean): Promise<boolean> {
    const next = () => this.#settle(deep);
    this.#running = this.#running.then(next, next);
    return this.#running;
  }

  /** No look is taken in after this. */
  stop(): void {
    this.#end.abort();
  }

  async idle(): Promise<void> {
    await this.#running.catch(() => undefined);
  }

  get #stopped(): boolean {
    return this.#end.signal.aborted;
  }

  async #settle(deep: boolean): Promise<boolean> {
    for (let round = 0; round < mostRounds; round++) {
      if (round > 0) await this.#pause();
      if (this.#stopped) break;
      const steps = this.#declarations.look(deep && round === 0);
      const done = await inSlices(this.#clock, steps, () => this.#stopped);
      if (!done) return true;
      const look = done.value;
      this.#lookMs = done.ms;
      this.#take(look);
      const inDoubt = look.complete && this.#declarations.unsettled();
      if (!look.again && !inDoubt) return true;
    }
    return this.#stopped;
  }

  async #pause(): Promise<void> {
    const { signal } = this.#end;
    await sleep(this.#clock, roundPauseMs, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}

/** How long work may hold up everything else before it pauses, in ms. */
const longestSliceMs = 5;

interface Sliced<T> {
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
