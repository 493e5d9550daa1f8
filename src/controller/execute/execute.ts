import { isDeepStrictEqual } from 'node:util';
import type { Outcome } from '../../decide/apply-outcome.ts';
import type { Decision } from '../../decide/decision.ts';
import { type Effect, effectSignature } from '../../decide/effect.ts';
import type { BotRecord } from '../../model/records.ts';
import { deletionPolicyOf } from '../../model/spec/bot-spec.ts';
import type { BotStatus } from '../../model/spec/bot-status.ts';
import type { Permit } from '../../ports/budget.ts';
import type { CallOptions, Cloud } from '../../ports/cloud.ts';
import type { PassContext } from '../engine/pass.ts';
import { unsentClaim } from '../memory/in-doubt-tracker.ts';
import { attempted, type Execution, mayHaveHappened, notSent } from './attempted.ts';
import { createDroplet } from './create-droplet.ts';
import { objectionTo, passesGate } from './destruction-gate.ts';

/** A call that finds no place in the budget is tried again after this, or when there is one. */
const noPlaceMs = 250;

/** Stores the decision's status, then carries out its effect, once. The only place where the cloud is changed. */
export async function execute(
  context: PassContext,
  bot: BotRecord,
  decision: Decision,
  effect: Effect,
): Promise<Execution> {
  const { engine } = context;
  if (effect.kind === 'create') return createDroplet(context, bot, decision.status, effect);
  const claimed = await claim(context, bot, decision.status, effect);
  if (effect.kind === 'release') {
    await release(context, claimed);
    return { bot: claimed, status: claimed.status, outcome: { ok: true } };
  }
  const unsent = unsentClaim(claimed.status);
  if (unsent !== undefined) engine.effects.undo(bot.uid, unsent);
  const outcome = await attempted(() => guarded(context, claimed, effect));
  // What certainly did not happen is in no doubt: it is sent as soon as nothing hinders it.
  if (unsent !== undefined && !mayHaveHappened(outcome)) engine.effects.note(bot.uid, unsent);
  if (effect.kind === 'destroy' && outcome.ok) context.site.view.condemn(effect.dropletID);
  const actionID = outcome.ok ? outcome.action?.id : undefined;
  if (mayHaveHappened(outcome)) engine.effects.note(bot.uid, effectSignature(effect), actionID);
  return { bot: claimed, status: decision.status, outcome };
}

/** Stored first, so that a crash after the effect finds its reason on record. */
async function claim(
  { engine }: PassContext,
  bot: BotRecord,
  status: BotStatus,
  effect: Effect,
): Promise<BotRecord> {
  return isClaim(bot.status, status, effect) ? engine.source.writeStatus(bot, status) : bot;
}

/** Whether a crash right after the effect would leave something that the stored status does not explain. */
function isClaim(before: BotStatus, after: BotStatus, effect: Effect): boolean {
  if (effect.kind === 'release') return false;
  // Whatever a deletion does first, a bot that is declared again must not live on with a droplet half given away.
  if (after.phase === 'Deleting' && before.phase !== 'Deleting') return true;
  if (effect.kind === 'destroy') return before.operation?.type !== after.operation?.type;
  if (effect.kind === 'tag')
    return !isDeepStrictEqual(before.droplet?.managedTags, after.droplet?.managedTags);
  return !isDeepStrictEqual(before.operation, after.operation);
}

type Mutation = Exclude<Effect, { kind: 'create' | 'release' }>;

/** The gate comes after the call's place in the budget: nothing is waited for between what it saw and the order. */
async function guarded(context: PassContext, bot: BotRecord, mutation: Mutation): Promise<Outcome> {
  if (!passesGate(mutation)) return mutate(context, mutation, undefined);
  const { budget } = context.site.cloud;
  const permit = budget.reserve('urgent');
  if (!permit) {
    const until = Math.max(budget.nextAt('urgent'), context.engine.clock.now() + noPlaceMs);
    return { ok: false, fault: { kind: 'rateLimited', until }, message: 'The call budget is used up' };
  }
  let objection: string | undefined = 'it could not be checked';
  try {
    objection = await objectionTo(context, bot, mutation);
  } finally {
    if (objection !== undefined) permit.release();
  }
  return objection === undefined ? mutate(context, mutation, permit) : notSent(objection);
}

async function mutate(
  { site }: PassContext,
  mutation: Mutation,
  permit: Permit | undefined,
): Promise<Outcome> {
  const { cloud, signal } = site;
  const options = { class: 'urgent', signal, ...(permit && { permit }) } as const;
  if (mutation.kind === 'act')
    return { ok: true, action: await cloud.act(mutation.dropletID, mutation.request, options) };
  await send(cloud, mutation, options);
  return { ok: true };
}

function send(cloud: Cloud, order: Exclude<Mutation, { kind: 'act' }>, options: CallOptions): Promise<void> {
  switch (order.kind) {
    case 'destroy':
      return cloud.deleteDroplet(order.dropletID, options);
    case 'tag':
      return cloud.tag(order.dropletID, order.tag, options);
    case 'untag':
      return cloud.untag(order.dropletID, order.tag, options);
    case 'assign':
      return cloud.assignToProject(order.dropletID, order.projectID, options);
  }
}

/** The tombstone goes first: a droplet that turns up late must find it. */
async function release({ engine }: PassContext, bot: BotRecord): Promise<void> {
  const hadFootprint = bot.status.placeHeld || bot.status.knownDropletIDs !== undefined;
  if (hadFootprint && bot.spec) await engine.tombstones.add(bot, deletionPolicyOf(bot.spec));
  await engine.source.removeFinalizer(bot);
  engine.holds.carriedOut('delete', bot.key);
}
