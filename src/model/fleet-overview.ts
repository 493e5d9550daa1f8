import type { Hold, OldState } from './fleet-state.ts';
import type { Phase } from './spec/bot-status.ts';

/** One token's cloud as the controller sees it. */
export interface CloudOverview {
  readonly apiURL: string;
  /** Undefined until the token has been accepted once. */
  readonly accountUUID: string | undefined;
  /** Why nothing can be done there now, for people; undefined if all is well. */
  readonly trouble: string | undefined;
  /** Why its answers prove nothing gone for now, for people; undefined if they do. */
  readonly incident: string | undefined;
  /** What the cloud objects to in the account, for people; undefined if nothing. */
  readonly restricted: string | undefined;
  /** Undefined until the account was read. */
  readonly accountStatus: 'active' | 'warning' | 'locked' | undefined;
  readonly droplets: number;
  readonly orphans: readonly OrphanOverview[];
  readonly dropletLimit: number | undefined;
  readonly budget: {
    readonly hourlyLimit: number;
    readonly hourlyRemaining: number;
    readonly minuteLimit: number;
    readonly minuteRemaining: number;
    readonly blockedUntil: number;
    readonly queued: number;
  };
  /** Milliseconds since the last whole listing began; undefined before the first. */
  readonly viewAgeMs: number | undefined;
}

/** A droplet with the fleet’s tag that belongs to no bot. `seenSince` is ISO 8601. */
export interface OrphanOverview {
  readonly id: number;
  readonly name: string;
  readonly priceMonthlyUSD: number;
  readonly seenSince: string;
}

/** A bot that waits for a person, and the reason of its condition Stalled. */
export interface StalledBot {
  readonly namespace: string;
  readonly name: string;
  readonly reason: string;
}

/** The whole fleet in figures: for metrics, `/readyz` and the live table. */
export interface FleetOverview {
  readonly fleetID: string;
  readonly bots: number;
  readonly byPhase: Readonly<Record<Phase, number>>;
  readonly ready: number;
  readonly stalled: number;
  /** Declarations with problems, including those whose last valid version stays in force. */
  readonly invalid: { readonly Bot: number; readonly Account: number };
  readonly stalledBots: readonly StalledBot[];
  /**
   * How many bots are not Ready, by the reason of that condition; `NotSeenYet` if no pass has concluded
   * anything.
   */
  readonly notReadyBy: Readonly<Record<string, number>>;
  readonly openAttempts: number;
  readonly creating: number;
  readonly costMonthlyUSD: number;
  /** Bots whose heartbeats are expected; 0 if no bot API is served. */
  readonly listenedFor: number;
  /** Bots that fell silent together, so that none is rebooted or replaced for it. */
  readonly silentTogether: number;
  readonly holds: readonly Hold[];
  /** The droplets are newer than the state, and nobody has accepted that yet. */
  readonly oldState: OldState | undefined;
  readonly clouds: readonly CloudOverview[];
  /** Why the controller is not ready; empty if it is. */
  readonly notReady: readonly string[];
  /** What is wrong although the controller works. */
  readonly warnings: readonly string[];
}
