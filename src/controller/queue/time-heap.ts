interface Entry<K> {
  readonly at: number;
  readonly key: K;
}

/** A binary heap of keys by time, earliest first. */
export class TimeHeap<K> {
  #entries: Entry<K>[] = [];

  get earliest(): Entry<K> | undefined {
    return this.#entries[0];
  }

  push(at: number, key: K): void {
    const entries = this.#entries;
    entries.push({ at, key });
    this.#rise(entries.length - 1);
  }

  pop(): Entry<K> | undefined {
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
    return first !== undefined && second !== undefined && first.at < second.at;
  }

  #swapIfEarlier(a: number, b: number): boolean {
    const first = this.#entries[a];
    const second = this.#entries[b];
    if (!first || !second || first.at >= second.at) return false;
    this.#entries[a] = second;
    this.#entries[b] = first;
    return true;
  }
}
