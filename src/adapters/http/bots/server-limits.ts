/** What the bot API lets through. Milliseconds and bytes. */
export interface ServerLimits {
  /** Of a request's body: the largest has two ids and a token. */
  readonly bodyBytes: number;
  /** Of a request's line and headers together. */
  readonly headerBytes: number;
  /** Until the headers of a request are whole. */
  readonly headersMs: number;
  /** Until a request is whole. */
  readonly requestMs: number;
  /** How often it is looked for requests that take longer. */
  readonly lookMs: number;
  /** How long a connection may rest between two calls: longer than agents and the usual proxies keep theirs. */
  readonly keepAliveMs: number;
  /** How long a connection may stand without a byte moving: longer than any wait. */
  readonly idleMs: number;
  readonly connections: number;
  /** Calls of one connection that are not answered yet; beyond, it is cut. */
  readonly unanswered: number;
  /** Longest that a call for a config waits, whatever it asks for. */
  readonly waitMs: number;
  /** Waiting calls of one bot; beyond, they are answered at once. */
  readonly waitsOfBot: number;
  readonly bot: RateLimit;
  /** Counts only calls that failed, or that show no good credentials. */
  readonly address: RateLimit;
}

/** So many at once, so many a second on and on. */
export interface RateLimit {
  readonly burst: number;
  readonly perSecond: number;
}

export const defaultLimits: ServerLimits = {
  bodyBytes: 4_096,
  headerBytes: 8_192,
  headersMs: 10_000,
  requestMs: 15_000,
  lookMs: 2_000,
  keepAliveMs: 75_000,
  idleMs: 120_000,
  connections: 25_000,
  unanswered: 32,
  waitMs: 60_000,
  waitsOfBot: 2,
  bot: { burst: 60, perSecond: 2 },
  address: { burst: 120, perSecond: 2 },
};
