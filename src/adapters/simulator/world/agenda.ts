import { TimeHeap } from '../../../kit/time-heap.ts';

/** What is to happen later, in order of time; equal times run in the order given. */
export class Agenda {
  readonly #heap = new TimeHeap<() => void>();

  plan(at: number, run: () => void): void {
    this.#heap.push(at, run);
  }

  /** Takes the next appointment that is due by `now`. */
  due(now: number): { readonly at: number; readonly run: () => void } | undefined {
    const first = this.#heap.earliest;
    if (first === undefined || first.at > now) return undefined;
    this.#heap.pop();
    return { at: first.at, run: first.key };
  }
}
