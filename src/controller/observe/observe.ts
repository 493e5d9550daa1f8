import { byCreation } from '../../decide/grants.ts';
import type { DropletObservation, Input, OtherDroplet } from '../../decide/input.ts';
import { birthOfTags } from '../../model/birth.ts';
import {
  botTag,
  fleetTag,
  foreignFleetOfTags,
  keyTag,
  releasedTag,
  uidOfDropletName,
} from '../../model/identity.ts';
import type { BotRecord } from '../../model/records.ts';
import type { Droplet } from '../../ports/cloud.ts';
import type { EngineFleet, EngineMemory } from '../engine/engine.ts';
import type { PassContext } from '../engine/pass.ts';
import type { EngineParts } from '../parts.ts';

type Observations = Pick<
  Input,
  | 'recorded'
  | 'others'
  | 'keyed'
  | 'sharedWith'
  | 'adoptee'
  | 'adopteeHeldBy'
  | 'catalogue'
  | 'offer'
  | 'searched'
  | 'actions'
  | 'action'
>;

/** What is seen in the cloud of anything that concerns the bot: by the fleet view, or by this very pass. */
export function observe(context: PassContext, bot: BotRecord): Observations {
  const { engine, knowledge } = context;
  const { fleetID } = engine.source.fleet().state;
  return {
    recorded: recordedSight(context, bot),
    others: othersOf(context, bot, fleetID),
    keyed: bot.status.droplet ? [] : keyedOf(context, bot, fleetID),
    sharedWith: otherHolder(context, bot),
    adoptee: knowledge.adoptee,
    adopteeHeldBy: adopteeHolder(context, bot),
    catalogue: knowledge.catalogue,
    offer: knowledge.offer,
    searched: knowledge.searched,
    actions: knowledge.actions,
    action: knowledge.action,
  };
}

function recordedSight({ engine, site, knowledge }: PassContext, bot: BotRecord): DropletObservation {
  const id = bot.status.droplet?.id;
  if (id === undefined) return { kind: 'unlooked' };
  if (knowledge.unproven.has(id)) return { kind: 'unproven' };
  return site.view.sight(id, engine.clock.monotonic(), knowledge.confirmed.has(id));
}

/** Another bot that records the same droplet, as only a state that somebody put together can have it. */
function otherHolder({ engine }: PassContext, bot: BotRecord): string | undefined {
  const id = bot.status.droplet?.id;
  return id === undefined ? undefined : engine.owners.holdersOf(id).find((key) => key !== bot.key);
}

/**
 * Droplets of exactly this bot's name that it does not record; never those of another fleet, nor released ones. While a
 * create is in doubt also those with its uid tag: someone may have renamed it before it was found.
 */
function othersOf(context: PassContext, bot: BotRecord, fleetID: string): OtherDroplet[] {
  const { view } = context.site;
  const tagged = bot.status.createAttempt ? view.tagged(botTag(bot.uid)) : [];
  return [...new Set([...view.ofUID(bot.uid), ...tagged])]
    .filter((droplet) => droplet.id !== bot.status.droplet?.id && mayBeOurs(droplet, fleetID))
    .filter((droplet) => !isHeldByOther(context, bot, droplet.id))
    .map((droplet) => otherOf(context, droplet));
}

/** A droplet that another bot records is never this one's, whatever its name. */
function isHeldByOther({ engine }: PassContext, bot: BotRecord, id: number): boolean {
  return engine.owners.holdersOf(id).some((key) => key !== bot.key);
}

function otherOf({ engine, site, knowledge }: PassContext, droplet: Droplet): OtherDroplet {
  const miss = site.view.miss(droplet.id, engine.clock.monotonic());
  return { droplet, confirmed: knowledge.confirmed.has(droplet.id), ...(miss && { miss }) };
}

function mayBeOurs(droplet: Droplet, fleetID: string): boolean {
  return foreignFleetOfTags(droplet.tags, fleetID) === undefined && !droplet.tags.includes(releasedTag);
}

/** Droplets of an earlier object of the same name, newest birth first, as the fleet view has them now. */
function keyedOf(context: PassContext, bot: BotRecord, fleetID: string): OtherDroplet[] {
  const { engine, site } = context;
  return site.view
    .ofKeyTag(keyTag(bot.key))
    .filter(({ id }) => site.view.lives(id))
    .filter((droplet) => droplet.tags.includes(fleetTag(fleetID)) && mayBeOurs(droplet, fleetID))
    .filter((droplet) => !isOwnedOrCondemned(engine, droplet))
    .sort((a, b) => (birthOfTags(b.tags) ?? 0) - (birthOfTags(a.tags) ?? 0) || a.id - b.id)
    .map((droplet) => otherOf(context, droplet));
}

function isOwnedOrCondemned(
  { owners, tombstones }: EngineMemory & EngineFleet,
  { id, name }: Droplet,
): boolean {
  const uid = uidOfDropletName(name);
  if (owners.ofDroplet(id) !== undefined) return true;
  return uid !== undefined && (owners.ofUID(uid) ?? tombstones.of(uid)) !== undefined;
}

/** Whoever records the droplet, or whose name it bears: a create in doubt may be about to find it. */
function adopteeHolder({ engine, knowledge }: PassContext, bot: BotRecord): string | undefined {
  const id = bot.spec?.adopt?.dropletID;
  if (id === undefined || bot.status.droplet) return undefined;
  const { adoptee } = knowledge;
  const uid = adoptee && adoptee !== 'absent' ? uidOfDropletName(adoptee.name) : undefined;
  const owner = engine.owners.ofDroplet(id) ?? (uid === undefined ? undefined : engine.owners.ofUID(uid));
  if (owner !== undefined) return owner === bot.key ? undefined : owner;
  return firstToAdopt(engine, id)?.key === bot.key ? undefined : firstToAdopt(engine, id)?.key;
}

/** Of bots that declare to adopt the droplet, the first in order of declaration has it to itself. */
function firstToAdopt({ source }: EngineParts, id: number): BotRecord | undefined {
  const claimants = [...source.bots()].filter(
    ({ spec, status, deletion }) =>
      spec?.adopt?.dropletID === id && !deletion && !status.droplet && !status.knownDropletIDs?.includes(id),
  );
  return claimants.sort((a, b) => byCreation(a, b))[0];
}
