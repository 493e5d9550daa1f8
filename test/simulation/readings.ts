/** A pass takes no longer, in ms. */
const longestPassMs = 60_000;

/** When each life last read a droplet by GET without having changed it since; monotonic ms. */
export class Readings {
  readonly #at = new WeakMap<object, Map<number, number>>();

  read(by: object, id: number, at: number): void {
    this.#at.set(by, (this.#at.get(by) ?? new Map<number, number>()).set(id, at));
  }

  /** A pass changes the cloud at most once: what it read before is old. */
  changed(by: object, id: number): void {
    this.#at.get(by)?.delete(id);
  }

  /** Whether the pass that is under way at `now` can have read it. */
  isFresh(by: object, id: number, now: number): boolean {
    const at = this.#at.get(by)?.get(id);
    return at !== undefined && now - at <= longestPassMs;
  }
}
