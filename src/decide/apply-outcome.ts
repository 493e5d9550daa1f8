import { omit } from '../kit/pick.ts';
import type { BotStatus } from '../model/spec/bot-status.ts';
import type { CloudAction, Droplet } from '../ports/cloud.ts';
import type { Fault } from '../ports/port-error.ts';
import { withoutFormerAgent, withoutTokenOf } from './agent/enrolment.ts';
import type { Drift, Note } from './decision.ts';
import { rebooted, rebootHandled } from './droplet/reboot.ts';
import { orderDueAt, withRefusedOrder } from './droplet/refused-order.ts';
import { type Effect, effectSignature, refusable } from './effect.ts';
import { endOperation } from './operation.ts';
import { provenanceOf, recordDroplet } from './presence/record-droplet.ts';
import { isoOf, normal, warning } from './situation.ts';

/** How an effect ended. `fault` is a certain failure, or the one uncertain kind, `doubtful`. */
export type Outcome =
  | { readonly ok: true; readonly droplet?: Droplet; readonly action?: CloudAction }
  | { readonly ok: false; readonly fault: Fault; readonly message: string };

/** What an outcome changes: the status to store, and when to go on (epoch ms), if not at once. */
interface AppliedOutcome {
  readonly status: BotStatus;
  readonly notes: readonly Note[];
  readonly drift: readonly Drift[];
  readonly notBefore?: number;
}

interface Context {
  readonly now: number;
  readonly generation: number;
}

/** How long until an order is repeated if another action is open on the droplet. */
const pendingEventMs = 5_000;
/** How long until an effect that was refused, or may have been lost, is checked. */
const doubtMs = 1_000;
const refusedMs = 60_000;

/** The status after an effect. Pure: the same outcome gives the same status. */
export function applyOutcome(
  status: BotStatus,
  effect: Effect,
  outcome: Outcome,
  context: Context,
): AppliedOutcome {
  if (effect.kind === 'create') return settleCreate(status, outcome, context);
  return outcome.ok ? succeeded(status, effect, outcome) : failed(status, effect, outcome, context);
}

function settleCreate(status: BotStatus, outcome: Outcome, context: Context): AppliedOutcome {
  const attempt = status.createAttempt;
  if (outcome.ok)
    return outcome.droplet ? created(status, outcome.droplet) : { status, notes: [], drift: [] };
  if (attempt && outcome.fault.kind === 'doubtful') {
    const notes = [
      warning('CreateInDoubt', `Whether a droplet was created is not known: ${outcome.message}`),
    ];
    return { status: { ...status, createAttempt: { ...attempt, doubt: outcome.message } }, notes, drift: [] };
  }
  return notCreated(unheld(omit(withoutTokenOf(status, attempt?.id), 'createAttempt')), outcome, context);
}

/** A first create that did not happen holds no place; a replacement keeps its own. */
function unheld(status: BotStatus): BotStatus {
  return status.knownDropletIDs ? status : omit(status, 'placeHeld');
}

function created(status: BotStatus, droplet: Droplet): AppliedOutcome {
  const attempt = status.createAttempt;
  if (!attempt) return { status, notes: [], drift: [] };
  const lost = status.replacements ? [{ kind: 'Gone', stage: 'corrected' } as const] : [];
  return {
    status: recordDroplet(status, droplet, { ...provenanceOf(attempt), attemptID: attempt.id }),
    notes: [
      normal('DropletCreated', `Droplet ${droplet.id} (${droplet.size} in ${droplet.region}) was created`),
    ],
    drift: lost,
  };
}

function notCreated(status: BotStatus, outcome: Outcome & { ok: false }, context: Context): AppliedOutcome {
  const { fault, message } = outcome;
  if (fault.kind === 'rateLimited') return { status, notes: [], drift: [], notBefore: fault.until };
  if (isBadToken(fault)) return { status, notes: [], drift: [], notBefore: context.now + refusedMs };
  if (!isRefusal(fault)) return { status, notes: [], drift: [], notBefore: context.now + doubtMs };
  const refused = withRefusal(status, 'create', message, context);
  return { status: refused, notes: [warning('CreateRefused', message)], drift: [] };
}

/** The token as a whole was refused, which says nothing about what was requested. */
function isBadToken(fault: Fault): boolean {
  return fault.kind === 'unauthorised' && fault.forbidden === undefined;
}

function isRefusal(fault: Fault): boolean {
  return fault.kind === 'refused' || fault.kind === 'limitReached' || fault.kind === 'unauthorised';
}

function withRefusal(status: BotStatus, what: string, message: string, context: Context): BotStatus {
  const { now, generation } = context;
  const before = status.refusal;
  const count = before?.what === what && before.generation === generation ? before.count + 1 : 1;
  return { ...status, refusal: { what, message, at: isoOf(now), count, generation } };
}

function isReplaced({ droplet, operation }: BotStatus, dropletID: number): boolean {
  return droplet?.id === dropletID && operation?.type === 'Redeploy';
}

function succeeded(before: BotStatus, effect: Effect, outcome: Outcome & { ok: true }): AppliedOutcome {
  const status = accepted(before, effect);
  if (effect.kind === 'assign') return { status: filed(status, effect.projectID), notes: [], drift: [] };
  if (effect.kind === 'destroy') {
    return {
      // Only now: a bot whose droplet lives on after all, as after a refusal, must not be locked out.
      status: isReplaced(status, effect.dropletID) ? withoutFormerAgent(status) : status,
      notes: [normal('DropletDestroying', `Droplet ${effect.dropletID} is being destroyed: ${effect.why}`)],
      drift: [],
    };
  }
  if (effect.kind !== 'act') return { status, notes: [], drift: [] };
  return acted(status, effect, outcome.action);
}

function accepted(before: BotStatus, effect: Effect): BotStatus {
  const status = before.refusal?.what === refusable(effect) ? omit(before, 'refusal') : before;
  return status.refusedOrder?.order === effectSignature(effect) ? omit(status, 'refusedOrder') : status;
}

function acted(
  status: BotStatus,
  effect: Effect & { kind: 'act' },
  action: CloudAction | undefined,
): AppliedOutcome {
  const { operation } = status;
  const notes = [normal('ActionSent', `${effect.request.type} of droplet ${effect.dropletID} was accepted`)];
  if (operation?.type === 'Reboot') {
    const done = rebootHandled(status, operation.requestID);
    return { status: done, notes: [rebooted(effect.dropletID, operation)], drift: [] };
  }
  if (!operation || !action) return { status, notes, drift: [] };
  return { status: { ...status, operation: { ...operation, actionID: action.id } }, notes, drift: [] };
}

function filed(status: BotStatus, projectID: string): BotStatus {
  return status.droplet ? { ...status, droplet: { ...status.droplet, projectID } } : status;
}

function failed(
  status: BotStatus,
  effect: Effect,
  outcome: Outcome & { ok: false },
  context: Context,
): AppliedOutcome {
  const { fault } = outcome;
  const { now } = context;
  if (fault.kind === 'rateLimited') return { status, notes: [], drift: [], notBefore: fault.until };
  if (fault.kind === 'pendingEvent') return busy(status, effect, now);
  if (isBadToken(fault)) return { status, notes: [], drift: [], notBefore: now + refusedMs };
  if (isRefusal(fault) || (fault.kind === 'absent' && effect.kind === 'assign'))
    return refused(status, effect, outcome, context);
  return { status, notes: [], drift: [], notBefore: now + doubtMs };
}

/**
 * A refusal of a step of a resize or reboot ends the operation; the power rule then restores the declared
 * state.
 */
function refused(
  status: BotStatus,
  effect: Effect,
  { fault, message }: Outcome & { ok: false },
  context: Context,
): AppliedOutcome {
  const { operation } = status;
  const { now } = context;
  const what = refusable(effect);
  const notes = [warning('Refused', `${what}: ${message}`)];
  if (what === 'reboot' && operation?.type === 'Reboot') {
    return { status: rebootHandled(status, operation.requestID), notes, drift: [], notBefore: now + doubtMs };
  }
  if (what === 'resize') {
    return { status: withRefusal(endOperation(status), what, message, context), notes, drift: [] };
  }
  if (operation || effect.kind === 'destroy' || status.phase === 'Deleting')
    return orderedAgain(status, effect, {
      now,
      message: refusalMessage(effect, message, fault),
      busy: false,
    });
  return { status: withRefusal(status, what, message, context), notes, drift: [] };
}

/**
 * Another action is open on the droplet, ours or a person's. A reboot is searched for among the droplet's
 * actions instead.
 */
function busy(status: BotStatus, effect: Effect, now: number): AppliedOutcome {
  const isOrdered = effect.kind === 'destroy' || (effect.kind === 'act' && effect.request.type !== 'reboot');
  if (!isOrdered) return { status, notes: [], drift: [], notBefore: now + pendingEventMs };
  const message = `Another action is open on droplet ${effect.dropletID}, so ${orderOf(effect)} has to wait; it is repeated within a minute`;
  return orderedAgain(status, effect, { now, message, busy: true });
}

function orderedAgain(
  status: BotStatus,
  effect: Effect,
  refusal: Parameters<typeof withRefusedOrder>[2],
): AppliedOutcome {
  const { refused, news, ...next } = withRefusedOrder(status, effect, refusal);
  const notes = news ? [warning(news.reason, news.message)] : [];
  return { status: next.status, notes, drift: [], notBefore: orderDueAt(refused) };
}

function orderOf(effect: Effect): string {
  return effect.kind === 'destroy' ? 'its destruction' : refusable(effect);
}

function refusalMessage(effect: Effect, message: string, fault: Fault): string {
  const scope = fault.kind === 'unauthorised' && fault.missingScope;
  const remedy = scope ? ` Give the token the scope ${scope}.` : '';
  const id = 'dropletID' in effect ? ` of droplet ${effect.dropletID}` : '';
  const what = effect.kind === 'destroy' ? 'The destruction' : refusable(effect);
  return `${what}${id} was refused: ${message.replace(/\.$/, '')}.${remedy} It is repeated within five minutes`;
}
