import type { Report } from '../../model/agent-report.ts';
import type { BootstrapReport } from '../../model/spec/bootstrap-report.ts';

/** The config that follows from what is declared now, or why there is none. */
export type ConfigObservation =
  | { readonly kind: 'known'; readonly hash: string }
  | {
      readonly kind: 'problem';
      readonly reason: string;
      readonly message: string;
      readonly stalled: boolean;
    };

/** When the bot was heard by this process; counted on the monotonic clock, in ms. */
export interface Hearing {
  /** Since the present agent was last heard; undefined: not since it is listened for. */
  readonly sinceHeardMs: number | undefined;
  /**
   * So long it could have been heard and was not: since it was heard last or listening for it began, but for times in which
   * nobody at all was heard.
   */
  readonly quietMs: number;
  /** Since any bot was heard; undefined: none was. It proves that bots can reach us. */
  readonly sinceAnyHeardMs: number | undefined;
  /** The bot is one of so many that fell silent together that none is rebooted or replaced for it. */
  readonly silentTogether: boolean;
}

/** What is known of the bot's agent. */
export interface AgentObservation {
  /** In the order they came. */
  readonly reports: readonly Report[];
  /** Undefined when nobody looked, as in a deletion. */
  readonly config: ConfigObservation | undefined;
  readonly hearing: Hearing;
  /** As a beat reported it last, while that is not on record yet. */
  readonly bootstrap?: BootstrapReport | undefined;
  /** How long a registration token may be redeemed, from the first sight of the active droplet. */
  readonly registrationTokenLifeMs: number;
}
