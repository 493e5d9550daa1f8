/** One copy of each string, for as long as the interner is kept: most of a listing's strings repeat. */
export class Interner {
  readonly #copies = new Map<string, string>();

  of(text: string): string {
    const copy = this.#copies.get(text);
    if (copy !== undefined) return copy;
    this.#copies.set(text, text);
    return text;
  }
}
