/** Values kept for sharing; a fleet has few that are the same, and past so many sharing begins anew. */
const mostValues = 4096;

/** The first value met under each key. */
export class SharedMap<T> {
  #values = new Map<string, T>();

  /** The value met first under `key`, if there was one. */
  get(key: string): T | undefined {
    return this.#values.get(key);
  }

  /** The value met first under `key`: this one, when there was none. */
  of(key: string, value: T): T {
    const known = this.get(key);
    if (known !== undefined) return known;
    if (this.#values.size >= mostValues) this.#values = new Map();
    this.#values.set(key, value);
    return value;
  }
}
