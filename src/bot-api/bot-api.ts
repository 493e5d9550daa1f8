import type { BootstrapReport } from '../model/agent-report.ts';
import type { ConfigContent } from '../model/config-content.ts';

/**
 * What a bot may ask of the control plane, whatever carries the calls. Bot ids and tokens are taken as they came: any
 * text, of any length that the carrier lets through; a missing bearer is undefined. Nothing here throws for what a
 * bot sent: every refusal is an answer. The answer to an unknown bot and to a wrong token is the same, and takes as
 * long.
 */
export interface BotAPI {
  /**
   * Trades a registration token for the agent token: binds the agent token's hash, durably before it resolves. The
   * same pair of tokens again gives the same answer at any time. `agentToken` undefined: one is made and told once.
   */
  register(call: RegisterCall): Promise<Registered | Refused>;

  /**
   * The desired config with its secrets in clear, for this bot alone. With `ifNoneMatch` equal to the present etag it
   * waits up to `waitMs` for another one; `notModified` when none comes, when too many wait already, or when the wait
   * is ended. The credentials are checked again when a wait ends.
   */
  config(call: ConfigCall): Promise<ConfigAnswer | Waiting>;

  /** Notes that the bot runs by the config; durable before it resolves. Repeats are harmless. */
  acknowledge(call: AcknowledgeCall): Promise<Acknowledged | Refused>;

  /** Notes that the bot is alive. Costs next to nothing, and writes nothing unless another bootstrap report comes with it. */
  heartbeat(call: HeartbeatCall): Beat | Refused;

  /** Whether calls can be answered now. */
  health(): Health;
}

/** Which bot calls, and what it shows for it. */
export interface BotCall {
  /** The bot's uid, or the id that an adopted droplet's agent knows itself by. */
  readonly botID: string;
  /** The bearer token: the agent's, or the registration token for `register`. */
  readonly bearer: string | undefined;
}

/** What a bot reports of itself beside its call. */
interface Reporting {
  /** Of its droplet's bootstrap, with names as they came; undefined from agents that say nothing of it. */
  readonly bootstrap?: BootstrapReport | undefined;
}

export interface HeartbeatCall extends BotCall, Reporting {}

export interface RegisterCall extends BotCall, Reporting {
  /** The token that the agent made for itself: 32 to 256 characters of those that a header can hold. */
  readonly agentToken: string | undefined;
}

export interface ConfigCall extends BotCall {
  /** The etag of the config that the bot has, without quotes. */
  readonly ifNoneMatch: string | undefined;
  /** How long it may be waited for another one, in ms; 0: not at all. */
  readonly waitMs: number;
}

export type ConfigAnswer = ServedConfig | NotModified | Refused;

/** A call that waits: ten thousand do at a time, so that nothing else of the call need be kept meanwhile. */
export interface Waiting {
  readonly kind: 'waiting';
  /**
   * Begins to wait; to be called once. `later` is told never before this returns.
   */
  begin(later: Later): BegunWait;
}

export interface BegunWait {
  /** The caller has gone, or the server drains: the answer comes then. */
  end(): void;
}

/** Who is told, once, what a wait came to. */
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
  /** Only when the agent sent none: told this once, stored nowhere. */
  readonly agentToken?: string;
}

/** What a bot is served: what it goes by, and where the control plane is. */
export interface ConfigBody extends ConfigContent {
  /** `<version>-<hash>`; to be acknowledged. */
  readonly id: string;
  /** What the bot is called by people: its display name, or that of its resource. */
  readonly name: string;
  /** Rises by one with each change. */
  readonly version: number;
  /** Where the control plane is reached now; a fleet moves by it. No part of the id. */
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
  /** Id of the config to run by; undefined while there is none. A bot that has another one fetches it. */
  readonly desiredConfigID: string | undefined;
}

/** Why a call is not answered as asked. */
export type Refused =
  /** 401. Unknown bot, wrong, missing, used or expired token: never told apart. */
  | { readonly kind: 'refused'; readonly reason: 'unauthorised' }
  /** 404. There is no config that can be served yet; the bot's conditions say why. */
  | { readonly kind: 'refused'; readonly reason: 'noConfig' }
  /** 404. No config of that id was issued to this bot lately. */
  | { readonly kind: 'refused'; readonly reason: 'unknownConfig' }
  /** 409. The config was issued, but another one is desired by now: fetch that. */
  | { readonly kind: 'refused'; readonly reason: 'staleConfig'; readonly desiredConfigID: string }
  /** 400. The bot is being deleted, or the agent token is none; `detail` is for people and holds no secret. */
  | { readonly kind: 'refused'; readonly reason: 'impossibleState'; readonly detail: string }
  /** To be forwarded to `forwardTo` (`host:port`) when that is known; else 503. */
  | { readonly kind: 'refused'; readonly reason: 'notLeading'; readonly forwardTo?: string }
  /** 503. Nothing was stored, or it is not known; repeating is safe. */
  | { readonly kind: 'refused'; readonly reason: 'unavailable'; readonly retryAfterMs: number };

export type RefusalReason = Refused['reason'];

export interface Health {
  readonly ok: boolean;
  /** Why not, a line each; holds no secret. */
  readonly reasons: readonly string[];
}
