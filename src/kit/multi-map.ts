/**
 * Several values for each key, in the order in which they were added. Nearly every key has one value: only
 * more of them take a list, which would weigh with ten thousand keys.
 */
export class MultiMap<K, V extends string | number> {
  readonly #values = new Map<K, V | readonly V[]>();

  of(key: K): readonly V[] {
    const values = this.#values.get(key) ?? [];
    return isList(values) ? values : [values];
  }

  add(key: K, value: V): void {
    this.#set(key, [...this.of(key), value]);
  }

  delete(key: K, value: V): void {
    this.#set(
      key,
      this.of(key).filter((other) => other !== value),
    );
  }

  clear(): void {
    this.#values.clear();
  }

  #set(key: K, values: readonly V[]): void {
    const [first] = values;
    if (first === undefined) this.#values.delete(key);
    else this.#values.set(key, values.length === 1 ? first : values);
  }
}

function isList<V extends string | number>(values: V | readonly V[]): values is readonly V[] {
  return typeof values === 'object';
}
