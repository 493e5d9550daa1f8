import PQueue from 'p-queue';
import type { CallClass } from '../../../ports/budget.ts';

/** Most urgent first. */
export const callClasses = ['urgent', 'create', 'transition', 'background'] as const satisfies CallClass[];

/**
 * Calls that wait for the budget, most urgent first and in order of arrival within a class. The line starts
 * shut; each admitted call decides whether it stays open for the next.
 */
export class WaitingLine {
  readonly #queue = new PQueue({ concurrency: 1, autoStart: false });
  readonly #waiting: Record<CallClass, number> = { urgent: 0, create: 0, transition: 0, background: 0 };

  /**
   * Resolves with the result of `admit` when its turn has come; rejects with
   * the signal's reason if it aborts.
   */
  join<T>(callClass: CallClass, admit: () => T, signal: AbortSignal | undefined): Promise<T> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    let inLine = true;
    this.#waiting[callClass] += 1;
    const leave = () => {
      if (inLine) this.#waiting[callClass] -= 1;
      inLine = false;
      signal?.removeEventListener('abort', leave);
    };
    // Listening before the queue does keeps the counts right whenever the queue moves.
    signal?.addEventListener('abort', leave);
    const turn = () => {
      leave();
      return admit();
    };
    const priority = callClasses.length - callClasses.indexOf(callClass);
    return this.#queue.add(turn, { priority, ...(signal && { signal }) });
  }

  /** The class of the first in line. */
  first(): CallClass | undefined {
    return callClasses.find((callClass) => this.#waiting[callClass] > 0);
  }

  /** How many are ahead of a newcomer of the class. */
  ahead(callClass: CallClass): number {
    let count = 0;
    for (const other of callClasses) {
      count += this.#waiting[other];
      if (other === callClass) break;
    }
    return count;
  }

  get size(): number {
    return this.ahead('background');
  }

  open(): void {
    this.#queue.start();
  }

  shut(): void {
    this.#queue.pause();
  }
}
