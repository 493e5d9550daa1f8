import { isDeepStrictEqual } from 'node:util';
import { applyOutcome, type Outcome } from '../decide/apply-outcome.ts';
import { decide } from '../decide/decide.ts';
import type { Decision, Drift } from '../decide/decision.ts';
import type { Effect } from '../decide/effect.ts';
import type { Admission } from '../decide/input.ts';
import { birthOfTags } from '../model/birth.ts';
import { fleetTag } from '../model/identity.ts';
import type { BotRecord } from '../model/records.ts';
import type { ResourceKey } from '../model/resource-key.ts';
import type { BotStatus } from '../model/spec/bot-status.ts';
import { decideWithReads } from './decide-with-reads.ts';
import type { Engine, EngineAgents, EngineMemory } from './engine/engine.ts';
import { contextOf, type PassContext } from './engine/pass.ts';
import { execute } from './execute/execute.ts';
import { decisionInput, heldOf } from './observe/decision-input.ts';
import type { EngineParts } from './parts.ts';
import { emit, emitFailure } from './report/emit.ts';

/** When the bot is to be looked at again: at once, at a time (epoch ms), or when something about it changes. */
export interface PassResult {
  readonly again: boolean;
  readonly requeueAt: number | undefined;
}

const nothingMore: PassResult = { again: false, requeueAt: undefined };
/** A lease that seems to have run out, as it does when the wall clock steps, may be renewed yet. */
const unheldRetryMs = 500;

/**
 * One pass over one bot: observe, decide, execute at most one cloud mutation, report. Throws what the ports throw;
 * the caller backs off.
 */
export async function reconcile(engine: Engine, key: ResourceKey): Promise<PassResult> {
  const bot = engine.source.bot(key);
  if (!bot) return gone(engine, key);
  if (engine.leadership.msLeft() <= 0) return unheld(engine);
  const context = await contextOf(engine, bot);
  if (!context.site.ready && !context.blocked) return nothingMore;
  try {
    // Where nothing was attempted yet, there may be no need of a write of its own: conclusion.ts.
    return await pass(
      context,
      bot.hasFinalizer || bot.pristine ? bot : await engine.source.addFinalizer(bot),
    );
  } catch (error) {
    engine.events.failed(key, context.passEvents);
    throw error;
  } finally {
    context.site.admission.withdraw(key);
    const after = engine.source.bot(key);
    if (after) engine.indexes.passEnded(after);
  }
}

function gone({ agents, events }: EngineMemory & EngineAgents, key: ResourceKey): PassResult {
  agents?.reports.forget(key);
  events.stored(key);
  return nothingMore;
}

/** Nothing can be stored now, of what agents report neither. */
function unheld({ agents, clock }: EngineParts & EngineAgents): PassResult {
  agents?.reports.close();
  return { again: false, requeueAt: clock.now() + unheldRetryMs };
}

async function pass(context: PassContext, bot: BotRecord): Promise<PassResult> {
  const { stored, decision, reports } = await decideWithReads(context, bot);
  if (heldOf(context.engine, stored) || context.engine.holds.oldState) await context.engine.holds.secured();
  context.site.watch(stored.key, decision.watch);
  closeMatters(context, stored, decision);
  const result = await (decision.effect
    ? act(context, stored, decision, decision.effect)
    : report(context, stored, decision));
  context.engine.events.stored(stored.key);
  context.engine.agents?.reports.answer(stored.key, reports, decision.answers);
  return result;
}

/** What a person has confirmed or decided about the bot's droplets ends once nothing of it is left to do. */
function closeMatters({ engine, site, knowledge }: PassContext, bot: BotRecord, { status }: Decision): void {
  if (!knowledge.slots.destruction) engine.holds.spared(bot.key);
  const keep = engine.holds.keepOf(bot.key);
  if (keep === undefined || status.droplet?.id !== keep) return;
  const ours = fleetTag(engine.source.fleet().state.fleetID);
  const surplus = site.view
    .ofUID(bot.uid)
    .some(({ id, tags }) => id !== keep && tags.includes(ours) && birthOfTags(tags) !== undefined);
  if (!surplus) engine.holds.resolved(bot.key);
}

async function report(context: PassContext, bot: BotRecord, decision: Decision): Promise<PassResult> {
  context.engine.indexes.stored(await store(context, bot, decision.status), context.site);
  return { again: false, requeueAt: decision.requeueAt };
}

async function act(
  context: PassContext,
  bot: BotRecord,
  decision: Decision,
  effect: Effect,
): Promise<PassResult> {
  const { engine, site } = context;
  const done = await execute(context, bot, decision, effect);
  if (effect.kind === 'release') return released(context, bot);
  const { outcome } = done;
  if (!outcome.ok) emitFailure(context, bot, effect, outcome);
  // Whatever is done to its droplet, the agent has a whole timeout to be heard again.
  else if (effect.kind === 'act') engine.agents?.heartbeats.ignore(bot.key, false);
  const settled = applyOutcome(done.status, effect, outcome, {
    now: engine.clock.now(),
    generation: bot.generation,
  });
  emit(context, bot, settled.notes, [...settled.drift, ...corrected(decision, outcome)]);
  const next = concluded(context, done.bot, settled.status, outcome);
  emit(context, bot, next.notes, []);
  const stored = await store(context, done.bot, next.status);
  engine.indexes.stored(stored, site);
  site.watch(bot.key, decision.watch ?? stored.status.droplet?.id);
  return { again: settled.notBefore === undefined, requeueAt: settled.notBefore };
}

/** A correction that takes one call ends with it; that of an operation is counted when the operation ends. */
function corrected(decision: Decision, outcome: Outcome): Drift[] {
  if (!outcome.ok || decision.status.operation) return [];
  return decision.drift.map(({ kind }) => ({ kind, stage: 'corrected' }));
}

/** What the next pass would report and emit for this status, so that one write serves both. */
function concluded(
  context: PassContext,
  bot: BotRecord,
  status: BotStatus,
  outcome: Outcome,
): Pick<Decision, 'status' | 'notes'> {
  const input = decisionInput(context, { ...bot, status });
  const decision = decide({ ...input, slots: { ...input.slots, create: admissionAfter(outcome) } });
  // A claim belongs to an effect that this pass does not carry out.
  return decision.look || decision.again || decision.effect ? { status, notes: [] } : decision;
}

function admissionAfter(outcome: Outcome): Admission {
  if (outcome.ok || outcome.fault.kind !== 'rateLimited') return creating;
  const until = new Date(outcome.fault.until).toISOString();
  return {
    admitted: false,
    reason: 'RateLimited',
    message: `${outcome.message} Tried again at ${until}`,
    until: outcome.fault.until,
  };
}

const creating: Admission = { admitted: false, reason: 'Creating', message: 'The create is tried again' };

async function released(context: PassContext, bot: BotRecord): Promise<PassResult> {
  const { engine, site } = context;
  site.watch(bot.key, undefined);
  engine.indexes.released(bot, site);
  engine.indexes.changed(bot.key, engine.source.bot(bot.key));
  emit(context, bot, [{ type: 'Normal', reason: 'Deleted', message: 'The bot is gone' }], []);
  return nothingMore;
}

async function store({ engine }: PassContext, bot: BotRecord, status: BotStatus): Promise<BotRecord> {
  return isDeepStrictEqual(bot.status, status) ? bot : engine.source.writeStatus(bot, status);
}
