/** Control sequences of ECMA-48 and DEC that every terminal of today knows. */
const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';
const noWrap = '\x1b[?7l';
const wrap = '\x1b[?7h';
const clearToEnd = '\x1b[K';
const clearBelow = '\x1b[J';

/** A block of lines at the end of the terminal's output that is redrawn in place. Over-long lines are cut. */
export class Screen {
  readonly #stream: NodeJS.WriteStream;
  #drawn = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    stream.write(hideCursor);
    process.once('exit', this.#restore);
  }

  get rows(): number {
    return this.#stream.rows || 24;
  }

  draw(lines: readonly string[]): void {
    const up = this.#drawn > 0 ? `\x1b[${this.#drawn}A` : '';
    const text = lines.map((line) => `${line}${clearToEnd}\n`).join('');
    this.#stream.write(`${noWrap}${up}\r${text}${clearBelow}${wrap}`);
    this.#drawn = lines.length;
  }

  /** Leaves the last picture where it is; what is written from now on stands below. */
  close(): void {
    process.removeListener('exit', this.#restore);
    this.#restore();
  }

  readonly #restore = (): void => {
    this.#stream.write(`${wrap}${showCursor}`);
  };
}
