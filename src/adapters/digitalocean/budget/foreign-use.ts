/** While nothing newer is known, one of the others' places is taken to expire each second. */
const relaxStepMs = 1000;

/**
 * What others spend on the same token: the difference between what we think remains and what the API says remains.
 * Each answer measures it anew. Once `relaxAt` has passed without a newer answer, places return one by one, so that a
 * window filled by others is probed and not waited out. Times are monotonic milliseconds.
 */
export class ForeignUse {
  #places = 0;
  #relaxAt = Number.POSITIVE_INFINITY;

  measure(places: number, relaxAt: number): void {
    this.#places = Math.max(0, places);
    this.#relaxAt = relaxAt;
  }

  places(now: number): number {
    if (this.#places > 0 && now >= this.#relaxAt) this.#relax(now);
    return this.#places;
  }

  /** When the next place returns by itself; infinity when none is held by others. */
  nextRelief(): number {
    return this.#places > 0 ? this.#relaxAt : Number.POSITIVE_INFINITY;
  }

  #relax(now: number): void {
    const steps = 1 + Math.floor((now - this.#relaxAt) / relaxStepMs);
    this.#places = Math.max(0, this.#places - steps);
    this.#relaxAt += steps * relaxStepMs;
  }
}
