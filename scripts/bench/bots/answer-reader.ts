/** As much of an HTTP answer as an agent looks at. */
export interface Answer {
  readonly status: number;
  /** As it came, quotes and all. */
  readonly etag: string | undefined;
  readonly body: string;
  /** Nothing more comes on this connection. */
  readonly isLast: boolean;
}

/** Reads answers with a Content-Length, or without a body, one after another on one connection. */
export class AnswerReader {
  #text = '';

  /** The answer, once it is whole. */
  push(chunk: Buffer): Answer | undefined {
    this.#text += chunk.toString('latin1');
    const end = this.#text.indexOf('\r\n\r\n');
    if (end < 0) return undefined;
    const head = this.#text.slice(0, end);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    const body = this.#text.slice(end + 4, end + 4 + length);
    if (body.length < length) return undefined;
    this.#text = this.#text.slice(end + 4 + length);
    const etag = /\r\netag: *([^\r]+)/i.exec(head)?.[1];
    return {
      status: Number(head.slice(9, 12)),
      etag,
      body: Buffer.from(body, 'latin1').toString('utf8'),
      isLast: /\r\nconnection: *close/i.test(head),
    };
  }
}
