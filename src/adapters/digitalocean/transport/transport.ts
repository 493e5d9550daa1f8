export type HTTPMethod = 'GET' | 'POST' | 'DELETE';

export interface TransportRequest {
  readonly method: HTTPMethod;
  /** Below the API's base URL, query included: `/v2/droplets?page=1`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Aborts when the call's deadline has passed or its caller has given up. */
  readonly signal: AbortSignal;
  /** Milliseconds left for the whole exchange. */
  readonly deadlineMs: number;
}

export interface TransportResponse {
  readonly status: number;
  /** Names in lower case; several values of one name are joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Sends one request and resolves to the whole answer, whatever its status. It sends the request at most
 * once, follows no redirect, settles as soon as the signal aborts and rejects only with a TransportError.
 */
export type Transport = (request: TransportRequest) => Promise<TransportResponse>;

/** There was no whole answer. */
export class TransportError extends Error {
  /** False if certainly no byte of the request was sent. */
  readonly maybeSent: boolean;

  constructor(message: string, maybeSent: boolean, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TransportError';
    this.maybeSent = maybeSent;
  }
}
