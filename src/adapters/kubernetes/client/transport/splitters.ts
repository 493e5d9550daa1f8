const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const openBracket = 0x5b;
const closeBrace = 0x7d;
const closeBracket = 0x5d;

/**
 * Takes the JSON of a list in pieces and parses each element of its `items` alone, as soon as it is whole, so that
 * neither the text nor the parsing of a long list is ever one large thing.
 */
export class ItemSplitter {
  readonly #onItem: (item: unknown) => void;
  /** What stands outside of the items. */
  readonly #rest: Buffer[] = [];
  /** The item under way, but for what of it is in the current piece. */
  #item: Buffer[] = [];
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** The last string on the list's own level, which before a `[` is its key. */
  #key: Buffer[] = [];
  #inItems = false;

  constructor(onItem: (item: unknown) => void) {
    this.#onItem = onItem;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      if (this.#inString) {
        at = this.#toStringEnd(chunk, at);
        continue;
      }
      const byte = chunk[at];
      if (byte === quote) this.#beginString();
      else if (byte === openBrace || byte === openBracket) from = this.#open(chunk, from, at);
      else if (byte === closeBrace || byte === closeBracket) from = this.#close(chunk, from, at);
    }
    this.#keep(chunk.subarray(from));
  }

  /** The list without its items. Throws a SyntaxError when the text was not whole. */
  end(): unknown {
    return JSON.parse(Buffer.concat(this.#rest).toString('utf8'));
  }

  #beginString(): void {
    this.#inString = true;
    if (this.#depth === 1) this.#key = [];
  }

  /** Goes on within a string; returns where it ends, or the last byte. */
  #toStringEnd(chunk: Buffer, start: number): number {
    for (let at = start; at < chunk.length; at += 1) {
      if (this.#escaped) this.#escaped = false;
      else if (chunk[at] === backslash) this.#escaped = true;
      else if (chunk[at] === quote) {
        this.#inString = false;
        if (this.#depth === 1) this.#key.push(chunk.subarray(start, at));
        return at;
      }
    }
    if (this.#depth === 1) this.#key.push(chunk.subarray(start));
    return chunk.length;
  }

  /** Returns from where the piece is not yet dealt with. */
  #open(chunk: Buffer, from: number, at: number): number {
    this.#depth += 1;
    if (this.#depth === 2 && chunk[at] === openBracket && Buffer.concat(this.#key).equals(itemsKey)) {
      this.#rest.push(chunk.subarray(from, at + 1));
      this.#inItems = true;
      return at + 1;
    }
    // Between two items there is a comma, which belongs to neither.
    return this.#inItems && this.#depth === 3 ? at : from;
  }

  #close(chunk: Buffer, from: number, at: number): number {
    this.#depth -= 1;
    if (!this.#inItems) return from;
    if (this.#depth === 2) {
      this.#complete(chunk.subarray(from, at + 1));
      return at + 1;
    }
    if (this.#depth > 1) return from;
    this.#inItems = false;
    return at;
  }

  #keep(left: Buffer): void {
    if (!this.#inItems) this.#rest.push(left);
    else if (this.#depth > 2) this.#item.push(left);
  }

  #complete(last: Buffer): void {
    const whole = this.#item.length === 0 ? last : Buffer.concat([...this.#item, last]);
    this.#item = [];
    this.#onItem(JSON.parse(whole.toString('utf8')));
  }
}

const itemsKey = Buffer.from('items');

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
