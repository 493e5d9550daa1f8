import type { BootstrapReport } from '../model/agent-report.ts';
import type { ConfigContent } from '../model/config-content.ts';

/**
 * What a bot may ask of the control plane, independent of the transport. Bot ids and tokens are taken as
 * received: any text of any length that the transport lets through; a missing bearer is undefined.
 * Nothing a bot sends makes these methods throw: every refusal is an answer. An unknown bot and a wrong
 * token get the same answer, after the same time.
 */
export interface BotAPI {
  /**
   * Trades a registration token for the agent token: binds the agent token's hash, durably before it
   * resolves. Repeating the same pair of tokens gives the same answer at any time. Without
   * `agentToken` one is made and returned this once.
   */
  register(call: RegisterCall): Promise<Registered | Refused>;

  /**
   * The desired config with its secrets in clear, for this bot alone. With `ifNoneMatch` equal to the
   * present etag it waits up to `waitMs` for a new config; `notModified` if none comes, if too many calls
   * wait already, or if the wait is ended. The credentials are checked again when a wait ends.
   */
  config(call: ConfigCall): Promise<ConfigAnswer | Waiting>;

  /** Records that the bot runs the config; durable before it resolves. Repeats are harmless. */
  acknowledge(call: AcknowledgeCall): Promise<Acknowledged | Refused>;

  /**
   * Records that the bot is alive. Costs next to nothing, and writes nothing unless a
   * new bootstrap report comes with it.
   */
  heartbeat(call: HeartbeatCall): Beat | Refused;

  /** Whether calls can be answered now. */
  health(): Health;
}

/** Which bot calls, and the credential it shows. */
export interface BotCall {
  /** The bot's uid, or the id that an adopted droplet's agent knows itself by. */
  readonly botID: string;
  /** The bearer token: the agent's, or the registration token for `register`. */
  readonly bearer: string | undefined;
}

/** What a bot reports about itself along with its call. */
interface Reporting {
  /**
   * The outcome of its droplet's bootstrap, with names as received; undefined
   * if the agent does not report it.
   */
  readonly bootstrap?: BootstrapReport | undefined;
}

export interface HeartbeatCall extends BotCall, Reporting {}

export interface RegisterCall extends BotCall, Reporting {
  /** The token that the agent made for itself: 32 to 256 characters that a header can hold. */
  readonly agentToken: string | undefined;
}

export interface ConfigCall extends BotCall {
  /** The etag of the config that the bot has, without quotes. */
  readonly ifNoneMatch: string | undefined;
  /** How long the call may wait for a new config, in ms; 0: not at all. */
  readonly waitMs: number;
}

export type ConfigAnswer = ServedConfig | NotModified | Refused;

/** A call that waits. Ten thousand do at a time, so this is all that is kept of one. */
export interface Waiting {
  readonly kind: 'waiting';
  /** Begins to wait; call it once. `later` is never called before this returns. */
  begin(later: Later): BegunWait;
}

export interface BegunWait {
  /** Ends the wait, because the caller has gone or the server drains; the answer follows. */
  end(): void;
}

/** Receives the outcome of a wait, once. */
export interface Later {
  answered(answer: ConfigAnswer): void;
  failed(error: unknown): void;
}

export interface AcknowledgeCall extends BotCall {
  readonly configID: string;
}

export interface Registered {
  readonly kind: 'registered';
  readonly botID: string;
  /** Only when the agent sent none: returned this once, stored nowhere. */
  readonly agentToken?: string;
}

/** What a bot is served: the config it runs by, and where the control plane is. */
export interface ConfigBody extends ConfigContent {
  /** `<version>-<hash>`; the bot acknowledges it. */
  readonly id: string;
  /** The bot's name for people: its display name, or that of its resource. */
  readonly name: string;
  /** Rises by one with each change. */
  readonly version: number;
  /** Where the control plane is reached now; changing it moves a fleet. Not part of the id. */
  readonly controlPlaneURL?: string;
}

export interface ServedConfig {
  readonly kind: 'config';
  /** Opaque, without quotes; names everything in `body`, the control plane's URL too. */
  readonly etag: string;
  readonly body: ConfigBody;
}

export interface NotModified {
  readonly kind: 'notModified';
  readonly etag: string;
}

export interface Acknowledged {
  readonly kind: 'acknowledged';
  readonly configID: string;
}

export interface Beat {
  readonly kind: 'beat';
  /**
   * Id of the config to run by; undefined while there is none. A bot that runs a different one fetches it.
   */
  readonly desiredConfigID: string | undefined;
}

/** Why a call is not answered as asked. */
export type Refused =
  /** 401. Unknown bot, or a wrong, missing, used or expired token; the answer never says which. */
  | { readonly kind: 'refused'; readonly reason: 'unauthorised' }
  /** 404. There is no config that can be served yet; the bot's conditions say why. */
  | { readonly kind: 'refused'; readonly reason: 'noConfig' }
  /** 404. No config of that id was issued to this bot lately. */
  | { readonly kind: 'refused'; readonly reason: 'unknownConfig' }
  /** 409. The config was issued, but a newer one is desired by now: fetch that. */
  | { readonly kind: 'refused'; readonly reason: 'staleConfig'; readonly desiredConfigID: string }
  /**
   * 400. The bot is being deleted, or the agent token is malformed; `detail` is
   * for people and holds no secret.
   */
  | { readonly kind: 'refused'; readonly reason: 'impossibleState'; readonly detail: string }
  /** Forwarded to `forwardTo` (`host:port`) if known; else 503. */
  | { readonly kind: 'refused'; readonly reason: 'notLeading'; readonly forwardTo?: string }
  /** 503. Nothing was stored, or it is unknown whether it was; repeating is safe. */
  | { readonly kind: 'refused'; readonly reason: 'unavailable'; readonly retryAfterMs: number };

export type RefusalReason = Refused['reason'];

export interface Health {
  readonly ok: boolean;
  /** Why it is not ok, a line each; holds no secret. */
  readonly reasons: readonly string[];
}
