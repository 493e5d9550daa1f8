import type { BootstrapReport, Report } from '../model/agent-report.ts';
import type { BotRecord } from '../model/records.ts';
import type { Catalogue, CloudAction, CloudIdentity, Droplet, ImageOffer, VPC } from '../ports/cloud.ts';
import type { RecentEffect } from './effect.ts';

/** The config that follows from what is declared now, or why there is none. */
export type ConfigObservation =
  | { readonly kind: 'known'; readonly hash: string }
  | {
      readonly kind: 'problem';
      readonly reason: string;
      readonly message: string;
      readonly stalled: boolean;
    };

/** When this process heard the bot, by the monotonic clock. */
export interface Hearing {
  /** Since the present agent was last heard; undefined if it was not since listening began. */
  readonly sinceHeardMs: number | undefined;
  /**
   * How long it could have been heard and was not: since it was last heard or listening began, less the times
   * in which nobody at all was heard.
   */
  readonly quietMs: number;
  /** Since any bot was heard, which proves that bots can reach us; undefined if none was. */
  readonly sinceAnyHeardMs: number | undefined;
  /** The bot is one of so many that fell silent together that none is rebooted or replaced for it. */
  readonly silentTogether: boolean;
}

/** What is known of the bot's agent. */
export interface AgentObservation {
  /** In the order they came. */
  readonly reports: readonly Report[];
  /** Undefined if it was not looked up, as in a deletion. */
  readonly config: ConfigObservation | undefined;
  readonly hearing: Hearing;
  /** As the last heartbeat reported it, while that is not on record yet. */
  readonly bootstrap?: BootstrapReport | undefined;
  /** How long a registration token can be redeemed, from when the droplet was first seen active. */
  readonly registrationTokenLifeMs: number;
}

/** What is known of a droplet whose id a bot records. */
export type DropletObservation =
  | { readonly kind: 'unlooked' }
  /**
   * `proven`: shown by GET or a list, not merely by the answer to its own create. `confirmed`: by a GET in
   * this very pass.
   */
  | {
      readonly kind: 'seen';
      readonly droplet: Droplet;
      readonly proven: boolean;
      readonly confirmed: boolean;
    }
  /** A whole listing that began after it was last seen lacks it: a reason to look, no proof. */
  | { readonly kind: 'unlisted' }
  /**
   * GET answered 404, but nothing has ever shown the droplet: its create is too recent for that to prove
   * anything.
   */
  | { readonly kind: 'unproven' }
  /** GET has answered 404 for a droplet that was seen before. */
  | { readonly kind: 'missing'; readonly miss: Miss }
  /** It was found gone before, and nothing has shown it since. */
  | { readonly kind: 'gone' };

/** What is known of a droplet that answers 404; times by the monotonic clock of this process. */
export interface Miss {
  /** Between the first 404 and the last, if nothing in between showed the droplet. */
  readonly spanMs: number;
  /** Since the last 404. */
  readonly agoMs: number;
  /** A whole listing begun after the first 404 lacks it. */
  readonly unlisted: boolean;
}

/** A live droplet that carries this bot's name or uid tag and is not the recorded one. */
export interface OtherDroplet {
  readonly droplet: Droplet;
  /** A GET in this pass has shown it. */
  readonly confirmed: boolean;
  /** GET has answered 404 since it was last seen. */
  readonly miss?: Miss;
}

/** How far the search for a create in doubt has come; times by the monotonic clock of this process alone. */
export interface AttemptWatch {
  /** Since the doubt arose, or since this process first saw the attempt. */
  readonly elapsedMs: number;
  /** Whole look-ups made since then. */
  readonly lookUps: number;
  readonly sinceLastLookMs: number | undefined;
  /** A whole look-up began after the settling window's end. */
  readonly lookedAfterWindow: boolean;
  /** This process knows that the attempt's POST never left it. */
  readonly unsent?: true;
}

export type Grant =
  | { readonly granted: true }
  | { readonly granted: false; readonly reason: string; readonly message: string; readonly stalled: boolean };

/**
 * The answer to a request for a slot: it is reserved, or what it waits for and until when (epoch ms), if that
 * is known.
 */
export type Admission =
  | { readonly admitted: true }
  | { readonly admitted: false; readonly reason: string; readonly message: string; readonly until?: number };

/**
 * The slots that this pass has asked for. One that was granted stays reserved until the pass ends without its
 * effect.
 */
export interface Slots {
  /** Among the creates under way. */
  readonly create?: Admission;
  /** Among the reboots and replacements of silent bots. */
  readonly remediation?: Admission;
  /** Among the destructions that nobody asked for; granted for one droplet. */
  readonly destruction?: Admission;
}

/** What the cloud objects to in the account that the token belongs to. */
export interface AccountStanding {
  readonly reason: 'AccountLocked' | 'AccountWarning';
  readonly message: string;
}

/** The cloud that the bot's token leads to. `blocked` says why nothing may be concluded or done there. */
export interface CloudSituation {
  readonly identity: CloudIdentity | undefined;
  /** The user whose token it is; earlier releases knew accounts by their user. */
  readonly userUUID?: string;
  readonly standing?: AccountStanding;
  readonly blocked?: { readonly reason: string; readonly message: string; readonly stalled: boolean };
  /** A whole listing of the fleet has been seen since this process started. */
  readonly viewed: boolean;
  /** The newest listing has unreadable rows: what it lacks may be there all the same. */
  readonly obscured?: boolean;
  /**
   * The cloud's own time (epoch ms), the only one to compare the cloud's times with; undefined before its
   * first answer.
   */
  readonly time?: number;
}

/** What the cloud has of what a create would name; `unchecked`: the token may not look. */
export interface CreateOffer {
  readonly image: ImageOffer | 'absent' | 'unchecked';
  readonly missingKeys: readonly string[];
  readonly vpc?: VPC | 'absent' | 'unchecked';
  /** The account's droplet limit keeps others waiting. */
  readonly isAtDropletLimit: boolean;
}

/** Why nothing unasked is done now in the whole fleet. */
export interface Alarm {
  readonly reason: string;
  readonly message: string;
}

/**
 * Everything a decision rests on: plain JSON, so that it can be stored and decided again. It is never
 * mutated.
 */
export interface Input {
  /** Wall-clock time (epoch ms). */
  readonly now: number;
  readonly bot: BotRecord;
  readonly fleetID: string;
  readonly cloud: CloudSituation;
  /**
   * Why no create may happen in this fleet at all (state lost, no control-plane URL); undefined if creates
   * may.
   */
  readonly createsForbidden: { readonly reason: string; readonly message: string } | undefined;
  /**
   * The cloud contradicts itself, or lacks so much at once that nothing counts as gone and nothing unasked is
   * destroyed.
   */
  readonly incident: Alarm | undefined;
  /** The state is older than the fleet: nothing is destroyed on its word until a person accepts it. */
  readonly oldState: Alarm | undefined;
  /** The droplet that a person said this bot keeps (`clawfleet resolve`). */
  readonly keep: number | undefined;
  /** Another bot that records the same droplet. */
  readonly sharedWith: string | undefined;
  /** The bot is part of a mass loss that nobody has confirmed yet. */
  readonly held: 'delete' | 'recreate' | undefined;
  /** The bot is one of the last of its source, and kept from deletion until then (ISO 8601). */
  readonly heldUntil?: string | undefined;
  /** A person lifted the bot's deletion protection for the present deletion. */
  readonly released?: boolean;
  readonly grant: Grant;
  readonly recorded: DropletObservation;
  readonly others: readonly OtherDroplet[];
  /** Fleet droplets with this bot's key tag whose uid belongs to no bot, oldest first. */
  readonly keyed: readonly OtherDroplet[];
  /** The droplet named by spec.adopt, if it was read in this pass; `absent` after a 404. */
  readonly adoptee: Droplet | 'absent' | undefined;
  /** Another bot records the droplet that this one wants to adopt. */
  readonly adopteeHeldBy: string | undefined;
  readonly attempt: AttemptWatch | undefined;
  /** What this process recently did for the bot. */
  readonly effects: readonly RecentEffect[];
  readonly slots: Slots;
  /** Sizes, regions and images, if they were read in this pass. */
  readonly catalogue: Catalogue | undefined;
  /** Whether the cloud has what a create would name, if that was read in this pass. */
  readonly offer: CreateOffer | undefined;
  /** A whole search by name was made in this pass. */
  readonly searched: boolean;
  /** The action that was read in this pass; one that the cloud does not know counts as ended. */
  readonly action: Pick<CloudAction, 'id' | 'status' | 'startedAt'> | undefined;
  /** The droplet's newest actions, if they were read in this pass. */
  readonly actions: readonly CloudAction[] | undefined;
  /** Dollars a month that the account's budget leaves free; undefined without a budget. */
  readonly budgetLeftUSD: number | undefined;
  readonly settlingWindowMs: number;
  /** Between the two 404s that prove a loss. */
  readonly absenceWindowMs: number;
  readonly shutdownGraceMs: number;
  /** What is known of the bot's agent; undefined if no bot API is served, so that no agent is waited for. */
  readonly agent: AgentObservation | undefined;
}
