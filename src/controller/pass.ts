import type { Admission, Input, OtherDroplet, RecordedSight } from '../decide/input.ts';
import { effectiveDroplet } from '../model/droplet-spec.ts';
import { botTag, foreignFleetOfTags, keyTag, releasedTag, uidOfDropletName } from '../model/identity.ts';
import type { AccountRecord, BotRecord } from '../model/records.ts';
import type { Catalogue, CloudAction, Droplet } from '../ports/cloud.ts';
import type { CloudSite } from './cloud-site.ts';
import { doubtOf } from './doubt-subject.ts';
import type { Engine } from './engine.ts';

/** What this very pass has looked at; void when it ends. */
export interface Knowledge {
  readonly confirmed: Set<number>;
  readonly unproven: Set<number>;
  adoptee: Droplet | 'absent' | undefined;
  actions: readonly CloudAction[] | undefined;
  catalogue: Catalogue | undefined;
}

export interface PassContext {
  readonly engine: Engine;
  readonly site: CloudSite;
  readonly account: AccountRecord | undefined;
  readonly blocked: Input['cloud']['blocked'];
  readonly knowledge: Knowledge;
}

export function newKnowledge(): Knowledge {
  return {
    confirmed: new Set(),
    unproven: new Set(),
    adoptee: undefined,
    actions: undefined,
    catalogue: undefined,
  };
}

/** Everything that a decision about `bot` rests on, as known now. */
export function inputOf(context: PassContext, bot: BotRecord): Input {
  const { engine, site, account, knowledge } = context;
  const { settings, clock } = engine;
  const fleetID = engine.source.fleet().state.fleetID;
  const doubt = doubtOf(bot);
  return {
    now: clock.now(),
    bot,
    fleetID,
    cloud: context.blocked ? { ...site.situation(), blocked: context.blocked } : site.situation(),
    createsForbidden: engine.gate.createsForbidden(),
    held: heldOf(engine, bot),
    grant: engine.quota.grant(bot.key, account),
    recorded: recordedSight(context, bot),
    others: othersOf(context, bot, fleetID),
    keyed: bot.status.droplet ? [] : keyedOf(context, bot, fleetID),
    adoptee: knowledge.adoptee,
    adopteeHeldBy: adopteeHolder(context, bot),
    attempt: doubt === undefined ? undefined : engine.doubts.watch(bot.uid, doubt),
    sinceEffect: (signature) => engine.effects.since(bot.uid, signature),
    admission: () => ask(context, bot),
    catalogue: knowledge.catalogue,
    actions: knowledge.actions,
    budgetLeftUSD: budgetLeft(engine, account),
    settlingWindowMs: settings.settlingWindow,
    shutdownGraceMs: settings.shutdownGrace,
    botAPIServed: false,
  };
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

function recordedSight({ site, knowledge }: PassContext, bot: BotRecord): RecordedSight {
  const id = bot.status.droplet?.id;
  if (id === undefined) return { kind: 'unlooked' };
  return knowledge.unproven.has(id) ? { kind: 'unproven' } : site.view.sight(id);
}

/**
 * Droplets of exactly this bot's name that it does not record; never those of another fleet, nor released ones. While a
 * create is in doubt also those with its uid tag: someone may have renamed it before it was found.
 */
function othersOf({ site, knowledge }: PassContext, bot: BotRecord, fleetID: string): OtherDroplet[] {
  const { view } = site;
  const tagged = bot.status.createAttempt ? view.tagged(botTag(bot.uid)) : [];
  return [...new Set([...view.ofUID(bot.uid), ...tagged])]
    .filter((droplet) => droplet.id !== bot.status.droplet?.id && mayBeOurs(droplet, fleetID))
    .map((droplet) => ({ droplet, confirmed: knowledge.confirmed.has(droplet.id) }));
}

function mayBeOurs(droplet: Droplet, fleetID: string): boolean {
  return foreignFleetOfTags(droplet.tags, fleetID) === undefined && !droplet.tags.includes(releasedTag);
}

/** Orphans as they are seen now: since the listing that made them orphans, they may have changed or gone. */
function keyedOf({ engine, site, knowledge }: PassContext, bot: BotRecord, fleetID: string): OtherDroplet[] {
  const orphans = engine.orphans.of(site);
  if (orphans.length === 0) return [];
  const tag = keyTag(bot.key);
  return orphans
    .flatMap(({ id }) => site.view.droplet(id) ?? [])
    .filter((droplet) => droplet.tags.includes(tag) && mayBeOurs(droplet, fleetID))
    .filter((droplet) => !isOwnedOrCondemned(engine, droplet))
    .map((droplet) => ({ droplet, confirmed: knowledge.confirmed.has(droplet.id) }));
}

function isOwnedOrCondemned({ owners, graves }: Engine, { id, name }: Droplet): boolean {
  const uid = uidOfDropletName(name);
  if (owners.ofDroplet(id) !== undefined) return true;
  return uid !== undefined && (owners.ofUID(uid) ?? graves.of(uid)) !== undefined;
}

/** Whoever records the droplet, or whose name it bears: a create in doubt may be about to find it. */
function adopteeHolder({ engine, knowledge }: PassContext, bot: BotRecord): string | undefined {
  const id = bot.spec?.adopt?.dropletID;
  if (id === undefined) return undefined;
  const { adoptee } = knowledge;
  const uid = adoptee && adoptee !== 'absent' ? uidOfDropletName(adoptee.name) : undefined;
  const owner = engine.owners.ofDroplet(id) ?? (uid === undefined ? undefined : engine.owners.ofUID(uid));
  return owner === bot.key ? undefined : owner;
}

function budgetLeft(engine: Engine, account: AccountRecord | undefined): number {
  const budget = account?.spec?.monthlyBudgetUSD;
  return budget === undefined || !account
    ? Number.POSITIVE_INFINITY
    : budget - engine.quota.costUSD(account.key);
}
