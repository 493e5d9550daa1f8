import type { Admission, Input } from '../decide/input.ts';
import { effectiveDroplet } from '../model/droplet-spec.ts';
import type { AccountRecord, BotRecord } from '../model/records.ts';
import { doubtOf, unsentAttempt } from './doubt-subject.ts';
import type { Engine } from './engine.ts';
import type { PassContext } from './pass.ts';
import { sightsOf } from './sights.ts';

/** Everything that a decision about `bot` rests on, as known now. */
export function inputOf(context: PassContext, bot: BotRecord): Input {
  const { site, blocked } = context;
  const { settings, clock, source } = context.engine;
  return {
    now: clock.now(),
    bot,
    fleetID: source.fleet().state.fleetID,
    cloud: blocked ? { ...site.situation(), blocked } : site.situation(),
    ...sightsOf(context, bot),
    ...permissionsOf(context, bot),
    ...memoryOf(context.engine, bot),
    settlingWindowMs: settings.settlingWindow,
    shutdownGraceMs: settings.shutdownGrace,
    agent: context.engine.agents?.sight(bot, context.knowledge.agent),
  };
}

type Permissions = Pick<Input, 'createsForbidden' | 'held' | 'grant' | 'budgetLeftUSD' | 'admission'>;

/** What the bot may do, as far as that is not its own affair. */
function permissionsOf(context: PassContext, bot: BotRecord): Permissions {
  const { engine, account } = context;
  return {
    createsForbidden: engine.gate.createsForbidden(),
    held: heldOf(engine, bot),
    grant: engine.quota.grant(bot.key, account),
    budgetLeftUSD: budgetLeft(engine, account),
    admission: () => ask(context, bot),
  };
}

/** What this process has done and looked for. */
function memoryOf(engine: Engine, bot: BotRecord): Pick<Input, 'attempt' | 'sinceEffect'> {
  return {
    attempt: attemptWatch(engine, bot),
    sinceEffect: (signature) => engine.effects.since(bot.uid, signature),
  };
}

function attemptWatch({ doubts, effects }: Engine, bot: BotRecord): Input['attempt'] {
  const doubt = doubtOf(bot);
  if (doubt === undefined) return undefined;
  const watch = doubts.watch(bot.uid, doubt);
  const { createAttempt } = bot.status;
  const isUnsent = createAttempt && effects.since(bot.uid, unsentAttempt(createAttempt.id)) !== undefined;
  return isUnsent ? { ...watch, unsent: true } : watch;
}

/** The place in the quota and in the budget is taken in the very turn in which the create is admitted. */
function ask({ engine, site, knowledge }: PassContext, bot: BotRecord): Admission {
  const answer = site.admission.ask(bot.key, bot.status.replacements !== undefined);
  if (answer.admitted) {
    const slug = effectiveDroplet(bot.spec?.droplet).size;
    const offer = knowledge.catalogue?.sizes.find((size) => size.slug === slug);
    engine.quota.reserve(bot.key, offer?.priceMonthlyUSD ?? 0);
  }
  return answer;
}

export function heldOf({ keeper }: Engine, bot: BotRecord): Input['held'] {
  if (bot.deletion) return bot.deletion.implicit && keeper.deletions.isHeld(bot.key) ? 'delete' : undefined;
  return keeper.recreations.isHeld(bot.key) ? 'recreate' : undefined;
}

function budgetLeft(engine: Engine, account: AccountRecord | undefined): number {
  const budget = account?.spec?.monthlyBudgetUSD;
  return budget === undefined || !account
    ? Number.POSITIVE_INFINITY
    : budget - engine.quota.costUSD(account.key);
}
