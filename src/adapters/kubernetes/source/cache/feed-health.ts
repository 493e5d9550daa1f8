/** Whether what is watched is in reach: each feed tells its failure and its recovery. */
export class FeedHealth {
  readonly #failures = new Map<string, string>();
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get failure(): string | undefined {
    const [first] = this.#failures;
    return first && `${first[0]} cannot be watched: ${first[1]}`;
  }

  /** Of what is watched at `path`: its failure, or undefined when it works. */
  tell(path: string, failure: string | undefined): void {
    const before = this.#failures.size;
    if (failure === undefined) this.#failures.delete(path);
    else this.#failures.set(path, failure);
    if ((before === 0) !== (this.#failures.size === 0)) this.#onChange();
  }
}
