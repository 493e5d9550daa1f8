interface Entry<K> {
  readonly at: number;
  readonly key: K;
  readonly order: number;
}

/** A binary heap of keys by time, earliest first; equal times come out in the order they went in. */
export class TimeHeap<K> {
  readonly #entries: Entry<K>[] = [];
  #order = 0;

  get earliest(): { readonly at: number; readonly key: K } | undefined {
    return this.#entries[0];
  }

  push(at: number, key: K): void {
    this.#entries.push({ at, key, order: this.#order++ });
    this.#rise(this.#entries.length - 1);
  }

  pop(): { readonly at: number; readonly key: K } | undefined {
    const entries = this.#entries;
    const top = entries[0];
    const last = entries.pop();
    if (last && entries.length > 0) {
      entries[0] = last;
      this.#sink(0);
    }
    return top;
  }

  #rise(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfEarlier(index, parent)) return;
      index = parent;
    }
  }

  #sink(start: number): void {
    let index = start;
    for (;;) {
      const left = 2 * index + 1;
      const child = this.#isEarlier(left + 1, left) ? left + 1 : left;
      if (!this.#swapIfEarlier(child, index)) return;
      index = child;
    }
  }

  #isEarlier(a: number, b: number): boolean {
    const first = this.#entries[a];
    const second = this.#entries[b];
    if (!first || !second) return false;
    return first.at < second.at || (first.at === second.at && first.order < second.order);
  }

  #swapIfEarlier(a: number, b: number): boolean {
    const first = this.#entries[a];
    const second = this.#entries[b];
    if (!first || !second || !this.#isEarlier(a, b)) return false;
    this.#entries[a] = second;
    this.#entries[b] = first;
    return true;
  }
}
