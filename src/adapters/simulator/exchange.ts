/** One request as sent over the wire. */
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
  /** Empty if the answer has no body. */
  readonly body: string;
}

/**
 * The outcome of one request. The carrier (the HTTP server, or a test without
 * sockets) waits `delayMs`, and then:
 *
 * | kind | what the carrier does | did the request take effect? |
 * |---|---|---|
 * | response | answers | as the status says; a 5xx by a fault may have taken effect | | cutBeforeEffect |
 * closes the connection silently | no | | cutAfterEffect | closes the connection silently | yes | |
 * cutDuringBody | sends the head and half of the body, then closes the connection | yes | | hang | never
 * answers; the client's own deadline ends the call | as `effect` says |
 */
export type SimulatorAnswer =
  | ({ readonly kind: 'response'; readonly delayMs: number } & SimulatorResponse)
  | ({ readonly kind: 'cutDuringBody'; readonly delayMs: number } & SimulatorResponse)
  | { readonly kind: 'cutBeforeEffect'; readonly delayMs: number }
  | { readonly kind: 'cutAfterEffect'; readonly delayMs: number }
  | { readonly kind: 'hang'; readonly effect: boolean; readonly delayMs: number };
