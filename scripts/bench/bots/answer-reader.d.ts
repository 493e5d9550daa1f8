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
export declare class AnswerReader {
  #private;
  /** The answer, once it is whole. */
  push(chunk: Buffer): Answer | undefined;
}
