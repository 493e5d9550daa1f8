import { omit } from '../kit/pick.ts';
import { type BotRecord, type Deletion, isProtected } from '../model/records.ts';
import { type BotSpec, powerStateOf } from '../model/spec/bot-spec.ts';
import type { BotStatus } from '../model/spec/bot-status.ts';
import { type EffectiveDropletSpec, effectiveDroplet } from '../model/spec/droplet-spec.ts';
import type { Drift, Note } from './decision.ts';
import type { Effect, ReadRequest } from './effect.ts';
import type { CloudSituation, Input } from './input.ts';

/** An input with the bot's valid spec and the status in force: what every concern is given. */
export interface Situation extends Input {
  readonly spec: BotSpec;
  readonly wanted: EffectiveDropletSpec;
  readonly running: boolean;
  /** The deletion that is asked for and that the declaration forbids; `bot` has none then. */
  readonly kept: Deletion | undefined;
  /** The stored status, without what belongs to another uid. */
  readonly status: BotStatus;
}

/** Why the bot is not as declared. Stalled: a person is needed; else it is on its way. */
export interface Waiting {
  readonly reason: string;
  readonly message: string;
  readonly stalled: boolean;
}

/** A concern's answer, which ends the pass. */
export interface Verdict {
  /** The status to store; the situation's own when absent. */
  readonly status?: BotStatus;
  readonly look?: ReadRequest;
  readonly effect?: Effect;
  readonly waiting?: Waiting;
  readonly requeueAt?: number;
  readonly again?: boolean;
  readonly watch?: number;
  readonly notes?: readonly Note[];
  readonly drift?: readonly Drift[];
  readonly gone?: readonly number[];
  readonly lost?: boolean;
}

/** Judges one matter; undefined if there is nothing to do about it. */
export type Concern = (situation: Situation) => Verdict | undefined;

export function situationOf(input: Input, spec: BotSpec, status: BotStatus): Situation {
  const kept = keptDeletion(input);
  return {
    ...input,
    bot: kept ? omit(input.bot, 'deletion') : input.bot,
    kept,
    // An observation of what another bot's status recorded says nothing of this bot.
    recorded: status.droplet ? input.recorded : { kind: 'unlooked' },
    spec,
    status,
    wanted: effectiveDroplet(spec.droplet),
    running: powerStateOf(spec) === 'Running',
  };
}

/** On its way; no person needed. */
export function progressing(reason: string, message: string): Waiting {
  return { reason, message, stalled: false };
}

/** A person is needed. */
export function stalled(reason: string, message: string): Waiting {
  return { reason, message, stalled: true };
}

/** ISO 8601 to epoch milliseconds. */
export function timeOf(iso: string): number {
  return Date.parse(iso);
}

export function isoOf(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

export function normal(reason: string, message: string): Note {
  return { type: 'Normal', reason, message };
}

export function warning(reason: string, message: string): Note {
  return { type: 'Warning', reason, message };
}

/**
 * The deletion that `spec.deletionProtection` prevents: the bot is looked after as if nobody had asked for
 * it. A mass-loss hold comes first, since it ends by itself when the declarations return.
 */
function keptDeletion({ bot, held, released }: Input): Deletion | undefined {
  return isProtected(bot) && held !== 'delete' && !released ? bot.deletion : undefined;
}

/** A command as a person would type it for the bot, such as `clawfleet reboot alpha`. */
export function commandFor(
  { namespace, name, key }: BotRecord,
  verb: 'reboot' | 'redeploy' | 'token' | 'confirm delete',
): string {
  return `\`clawfleet ${verb} ${namespace === 'default' ? name : key}\``;
}

/**
 * Milliseconds since a time of the cloud's, by the cloud's own clock: ours may differ by hours. 0 while the
 * cloud's time is not known, so that nothing counts as old.
 */
export function cloudAge({ cloud }: { readonly cloud: Pick<CloudSituation, 'time'> }, iso: string): number {
  return cloud.time === undefined ? 0 : Math.max(0, cloud.time - timeOf(iso));
}
