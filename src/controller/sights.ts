import type { Input, OtherDroplet, RecordedSight } from '../decide/input.ts';
import { botTag, foreignFleetOfTags, keyTag, releasedTag, uidOfDropletName } from '../model/identity.ts';
import type { BotRecord } from '../model/records.ts';
import type { Droplet } from '../ports/cloud.ts';
import type { Engine } from './engine.ts';
import type { PassContext } from './pass.ts';

type Sights = Pick<
  Input,
  'recorded' | 'others' | 'keyed' | 'adoptee' | 'adopteeHeldBy' | 'catalogue' | 'actions'
>;

/** What is seen in the cloud of anything that concerns the bot: by the fleet view, or by this very pass. */
export function sightsOf(context: PassContext, bot: BotRecord): Sights {
  const { engine, knowledge } = context;
  const { fleetID } = engine.source.fleet().state;
  return {
    recorded: recordedSight(context, bot),
    others: othersOf(context, bot, fleetID),
    keyed: bot.status.droplet ? [] : keyedOf(context, bot, fleetID),
    adoptee: knowledge.adoptee,
    adopteeHeldBy: adopteeHolder(context, bot),
    catalogue: knowledge.catalogue,
    actions: knowledge.actions,
  };
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
