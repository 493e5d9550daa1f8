/** Runs the tasks of one key in the order given, one at a time. Keys do not wait for each other. */
export class InTurn<K> {
  readonly #last = new Map<K, Promise<unknown>>();

  run<T>(key: K, act: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const result = before ? before.then(act, act) : act();
    this.#last.set(key, result);
    const done = () => {
      if (this.#last.get(key) === result) this.#last.delete(key);
    };
    result.then(done, done);
    return result;
  }
}
