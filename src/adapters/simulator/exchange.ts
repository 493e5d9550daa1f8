/** One request, as it stands on the wire. */
export interface SimulatorRequest {
  readonly method: string;
  /** Path and query as in the request line: `/v2/droplets?page=2`. */
  readonly path: string;
  /** Names in lower case. `authorization` and `host` are read. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body?: string;
}

export interface SimulatorResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty when the answer has no body. */
  readonly body: string;
}

/**
 * What becomes of one request. Whoever carries it out (the HTTP server, or a test without sockets) waits
 * `delayMs`, and then:
 *
 * | kind | to do | did the request take effect? |
 * |---|---|---|
 * | response | answer | as the status says; a 5xx by a fault may have taken effect |
 * | cutBeforeEffect | close the connection without a word | no |
 * | cutAfterEffect | close the connection without a word | yes |
 * | cutDuringBody | send the head and half of the body, then close the connection | yes |
 * | hang | never answer; the client's own deadline ends it | as `effect` says |
 */
export type SimulatorAnswer =
  | ({ readonly kind: 'response'; readonly delayMs: number } & SimulatorResponse)
  | ({ readonly kind: 'cutDuringBody'; readonly delayMs: number } & SimulatorResponse)
  | { readonly kind: 'cutBeforeEffect'; readonly delayMs: number }
  | { readonly kind: 'cutAfterEffect'; readonly delayMs: number }
  | { readonly kind: 'hang'; readonly effect: boolean; readonly delayMs: number };
