const newline = 0x0a;

/** Cuts a stream of bytes into lines; a line, and a character, may come in any number of pieces. */
export class LineSplitter {
  #begun: Buffer[] = [];

  /** The lines that `chunk` completes, without their ends and without empty ones. */
  *push(chunk: Buffer): Iterable<string> {
    let from = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      const line = this.#complete(chunk.subarray(from, at));
      from = at + 1;
      if (line !== '') yield line;
    }
    if (from < chunk.length) this.#begun.push(chunk.subarray(from));
  }

  /** Whether the stream stands between two lines. */
  get clean(): boolean {
    return this.#begun.length === 0;
  }

  #complete(last: Buffer): string {
    if (this.#begun.length === 0) return last.toString('utf8').trim();
    const whole = Buffer.concat([...this.#begun, last]);
    this.#begun = [];
    return whole.toString('utf8').trim();
  }
}
