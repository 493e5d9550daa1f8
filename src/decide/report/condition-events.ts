import type { BotStatus } from '../../model/spec/bot-status.ts';
import { type Condition, conditionOf } from '../../model/spec/condition.ts';
import type { Note } from '../decision.ts';
import { normal, type Situation, warning } from '../situation.ts';

/**
 * Reasons that make an event: refusals of the cloud, and changes of health, of the bootstrap, or of the
 * fleet.
 */
const toldElsewhere = new Set([
  ...['ChangeRefused', 'CreateRefused', 'ResizeRefused', 'HeartbeatStale'],
  ...['DestroyRefused', 'ActionRefused'],
  ...['MassDeletionHeld', 'MassRecreationHeld', 'BootstrapFailed', 'BootstrapStuck'],
]);

/** Events for the changes of the bot's conditions. `situation` has the status before, `after` is the next. */
export function conditionEvents(situation: Situation, after: BotStatus): readonly Note[] {
  const { status: before } = situation;
  const health = healthTurn(conditionOf(before, 'Healthy'), conditionOf(after, 'Healthy'));
  const bootstrap = bootstrapTurn(conditionOf(before, 'Bootstrapped'), conditionOf(after, 'Bootstrapped'));
  const stall = stallTurn(conditionOf(before, 'Stalled'), conditionOf(after, 'Stalled'));
  const unknown = unknownTurn(conditionOf(before, 'UnknownDroplet'), conditionOf(after, 'UnknownDroplet'));
  return [...health, ...unknown, ...bootstrap, ...stall.filter(({ reason }) => isOwn(situation, reason))];
}

function healthTurn(before: Condition | undefined, after: Condition | undefined): readonly Note[] {
  if (!after || before?.status === after.status) return [];
  if (after.status === 'False') return [warning(after.reason, after.message)];
  const isBack = before?.status === 'False' && after.status === 'True';
  return isBack ? [normal('HeartbeatsBack', 'Its heartbeats arrive again')] : [];
}

/** One event for all failures: the condition names the steps for as long as they fail. */
function bootstrapTurn(before: Condition | undefined, after: Condition | undefined): readonly Note[] {
  if (!after || before?.reason === after.reason) return [];
  if (after.status === 'False') return [warning(after.reason, after.message)];
  if (before?.status !== 'False') return [];
  return [normal('BootstrapMended', 'No step of its droplet’s bootstrap counts as failed any more')];
}

/** Another droplet is news too. */
function unknownTurn(before: Condition | undefined, after: Condition | undefined): readonly Note[] {
  if (!after || before?.message === after.message) return [];
  return [warning('UnknownDroplet', after.message)];
}

/** Another message is news too: a manifest may be wrong in another way. */
function stallTurn(before: Condition | undefined, after: Condition | undefined): readonly Note[] {
  if (after?.status !== 'True') return [];
  const isOld = before?.status === 'True' && before.message === after.message;
  return isOld ? [] : [warning(after.reason, after.message)];
}

/** What hinders many bots alike is reported once, for the fleet. */
function isOwn({ cloud, createsForbidden }: Situation, reason: string): boolean {
  if (toldElsewhere.has(reason)) return false;
  return reason !== cloud.blocked?.reason && reason !== createsForbidden?.reason;
}
