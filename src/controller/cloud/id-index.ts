/** Droplet ids by a text. Mostly one: a list is there only for more, as ten thousand of them weigh. */
export class IDIndex {
  readonly #ids = new Map<string, number | readonly number[]>();

  of(text: string): readonly number[] {
    const ids = this.#ids.get(text) ?? [];
    return typeof ids === 'number' ? [ids] : ids;
  }

  add(text: string | undefined, id: number): void {
    if (text !== undefined) this.#set(text, [...this.of(text), id]);
  }

  delete(text: string | undefined, id: number): void {
    if (text !== undefined)
      this.#set(
        text,
        this.of(text).filter((other) => other !== id),
      );
  }

  clear(): void {
    this.#ids.clear();
  }

  #set(text: string, ids: readonly number[]): void {
    const [first] = ids;
    if (first === undefined) this.#ids.delete(text);
    else this.#ids.set(text, ids.length === 1 ? first : ids);
  }
}
