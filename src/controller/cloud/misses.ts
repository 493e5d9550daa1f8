import type { Miss } from '../../decide/input.ts';

interface Missed {
  readonly firstAt: number;
  lastAt: number;
  unlisted: boolean;
}

/** Droplets for which GET has answered 404 since they were last seen; times are monotonic, in ms. */
export class Misses {
  readonly #missed = new Map<number, Missed>();

  /** A GET begun at `asOf` answered 404. True when that is news. */
  add(id: number, asOf: number): boolean {
    const missed = this.#missed.get(id);
    if (missed) missed.lastAt = Math.max(missed.lastAt, asOf);
    else this.#missed.set(id, { firstAt: asOf, lastAt: asOf, unlisted: false });
    return missed === undefined;
  }

  has(id: number): boolean {
    return this.#missed.has(id);
  }

  of(id: number, now: number): Miss | undefined {
    const missed = this.#missed.get(id);
    if (!missed) return undefined;
    const { firstAt, lastAt, unlisted } = missed;
    return { spanMs: lastAt - firstAt, agoMs: now - lastAt, unlisted };
  }

  /** Whether one of them waits for a listing to confirm it. */
  get awaitListing(): boolean {
    for (const missed of this.#missed.values()) if (!missed.unlisted) return true;
    return false;
  }

  /** It was seen, or is gone. True when it had been missed. */
  delete(id: number): boolean {
    return this.#missed.delete(id);
  }

  /** Forgets all of them; returns which. */
  clear(): number[] {
    const ids = [...this.#missed.keys()];
    this.#missed.clear();
    return ids;
  }

  /**
   * A listing begun after the first 404 confirms it, or shows the droplet, and the 404s count for nothing: returns the ids of
   * those. One whose end `isOrdered` may be listed for a while yet: that contests nothing.
   */
  judge(
    droplets: readonly { readonly id: number }[],
    begunAt: number,
    isOrdered: (id: number) => boolean,
  ): number[] {
    if (this.#missed.size === 0) return [];
    const listed = new Set(droplets.map(({ id }) => id));
    const contested: number[] = [];
    for (const [id, missed] of this.#missed) {
      if (begunAt <= missed.firstAt) continue;
      if (!listed.has(id)) missed.unlisted = true;
      else if (begunAt > missed.lastAt && !isOrdered(id)) contested.push(id);
    }
    for (const id of contested) this.#missed.delete(id);
    return contested;
  }
}
