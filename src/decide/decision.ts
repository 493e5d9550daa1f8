import type { ReportAnswer } from '../model/agent-report.ts';
import type { ResourceKey } from '../model/resource-key.ts';
import type { BotStatus } from '../model/spec/bot-status.ts';
import type { DriftKind } from '../ports/metrics.ts';
import type { Effect, ReadRequest } from './effect.ts';
import type { Input } from './input.ts';

/** One line for the bot's history. */
export interface Note {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** A difference between what is declared and what is, that nobody asked for. */
export interface Drift {
  readonly kind: DriftKind;
  readonly stage: 'found' | 'corrected';
}

/**
 * What to do about one bot now. With `look`, everything else is void: read that, then decide again. With
 * `again`, decide again from `status`. Otherwise `status` is stored if it differs, then `effect` is carried
 * out. The bot is decided on again at `requeueAt` (epoch ms), or when something about it changes.
 */
export interface Decision {
  readonly status: BotStatus;
  readonly look?: ReadRequest;
  readonly effect?: Effect;
  readonly requeueAt?: number;
  readonly again?: boolean;
  /** The droplet is on its way to another state: poll it. */
  readonly watch?: number;
  readonly notes: readonly Note[];
  readonly drift: readonly Drift[];
  /** The answer to each report of the agent, in their order; sent once the status is stored. */
  readonly answers: readonly ReportAnswer[];
  /** Droplets that are certainly gone: no stale listing brings them back. */
  readonly gone?: readonly number[];
  /** The recorded droplet was found gone in this pass, although nobody here destroyed it. */
  readonly lost?: boolean;
}

/** The last decision about a bot and what it rests on, as JSON for people, without secrets. */
export type LastDecision =
  | {
      readonly bot: ResourceKey;
      readonly kept: true;
      /** ISO 8601. */
      readonly decidedAt: string;
      readonly decision: Decision;
      readonly input: Input;
    }
  /**
   * `AtRest`: there was nothing to do about it. `NotKept`: no pass has decided anything since the start, or
   * too many later ones did.
   */
  | { readonly bot: ResourceKey; readonly kept: false; readonly why: 'AtRest' | 'NotKept' };
