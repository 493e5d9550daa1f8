import type { Input } from '../../decide/input.ts';
import { isReleased } from '../../model/fleet-state.ts';
import { type AccountRecord, type BotRecord, isEnding } from '../../model/records.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { CloudSite } from '../cloud/cloud-site.ts';
import type { EngineFleet, EngineMemory } from '../engine/engine.ts';
import type { PassContext } from '../engine/pass.ts';
import { oldStateMessage } from '../fleet/state-age.ts';
import { doubtOf, unsentClaim } from '../memory/in-doubt-tracker.ts';
import type { EngineParts } from '../parts.ts';
import { observe } from './observe.ts';

/** Everything that a decision about `bot` rests on, as known now. */
export function decisionInput(context: PassContext, bot: BotRecord): Input {
  const { site, blocked } = context;
  const { settings, clock, source } = context.engine;
  return {
    now: clock.now(),
    bot,
    fleetID: source.fleet().state.fleetID,
    cloud: blocked ? { ...site.situation(), blocked } : site.situation(),
    ...observe(context, bot),
    ...permissionsOf(context, bot),
    ...memoryOf(context.engine, bot),
    ...alarmsOf(context, bot),
    settlingWindowMs: settings.settlingWindowMs,
    absenceWindowMs: settings.absenceWindowMs,
    shutdownGraceMs: settings.shutdownGraceMs,
    agent: context.engine.agents?.sight(bot, context.knowledge.agent),
  };
}

/** The incident that stands against what is to be done for the bot, unless a person has confirmed that its droplet is gone. */
export function incidentOf(
  { engine, site }: Pick<PassContext, 'engine' | 'site'>,
  key: ResourceKey,
): Input['incident'] {
  const { recreate } = engine.source.fleet().state.confirmed;
  return recreate.includes(key) ? undefined : site.incidents.current;
}

/** What is the matter with the cloud or with the state as a whole, and what a person decided about this bot. */
function alarmsOf(
  { engine, site }: PassContext,
  { key }: BotRecord,
): Pick<Input, 'incident' | 'oldState' | 'keep'> {
  const { oldState } = engine.holds;
  return {
    incident: incidentOf({ engine, site }, key),
    oldState: oldState && { reason: 'StateIsOld', message: oldStateMessage(oldState) },
    keep: engine.holds.keepOf(key),
  };
}

type Permissions = Pick<
  Input,
  'createsForbidden' | 'held' | 'heldUntil' | 'released' | 'grant' | 'budgetLeftUSD' | 'slots'
>;

/** What the bot may do, as far as that is not its own affair. */
function permissionsOf(context: PassContext, bot: BotRecord): Permissions {
  const { engine, account, knowledge } = context;
  return {
    createsForbidden: engine.gate.createsForbidden() ?? lockOf(context.site),
    held: heldOf(engine, bot),
    heldUntil: bot.deletion && engine.holds.deletions.lapse?.until,
    released: isReleased(engine.source.fleet().state, bot),
    grant: engine.quota.grant(bot.key, account),
    budgetLeftUSD: budgetLeft(engine, bot, account),
    slots: knowledge.slots,
  };
}

/** A create that a locked account refuses is not tried. */
function lockOf(site: CloudSite): Input['createsForbidden'] {
  const { standing } = site.situation();
  return standing?.reason === 'AccountLocked' ? standing : undefined;
}

/** What this process has done and looked for. */
function memoryOf(engine: EngineParts & EngineMemory, bot: BotRecord): Pick<Input, 'attempt' | 'effects'> {
  return {
    attempt: attemptWatch(engine, bot),
    effects: engine.effects.of(bot.uid),
  };
}

function attemptWatch({ doubts, effects }: EngineMemory, bot: BotRecord): Input['attempt'] {
  const doubt = doubtOf(bot);
  if (doubt === undefined) return undefined;
  const watch = doubts.watch(bot.uid, doubt);
  const unsent = unsentClaim(bot.status);
  const isUnsent = unsent !== undefined && effects.since(bot.uid, unsent) !== undefined;
  return isUnsent ? { ...watch, unsent: true } : watch;
}

export function heldOf({ holds }: EngineFleet, bot: BotRecord): Input['held'] {
  if (bot.deletion?.implicit && holds.deletions.isHeld(bot.key)) return 'delete';
  if (isEnding(bot)) return undefined;
  return holds.recreations.isHeld(bot.key) ? 'recreate' : undefined;
}

/** What the bot has reserved for the create of this pass is not in its own way. */
function budgetLeft(
  { quota }: EngineMemory,
  { key, status }: BotRecord,
  account: AccountRecord | undefined,
): number | undefined {
  const budget = account?.spec?.monthlyBudgetUSD;
  if (budget === undefined || !account) return undefined;
  return budget - quota.costUSD(account.key) + (status.droplet ? 0 : quota.reservedUSD(key));
}
