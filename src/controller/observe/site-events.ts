import { isElsewhere } from '../../decide/blocked.ts';
import { cloudAge } from '../../decide/situation.ts';
import { birthOfTags, birthsOf } from '../../model/birth.ts';
import { uidOfDropletName } from '../../model/identity.ts';
import type { BotRecord } from '../../model/records.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { CloudIdentity, Droplet } from '../../ports/cloud.ts';
import type { CloudSite, SiteOptions } from '../cloud/cloud-site.ts';
import type { Engine, EngineFleet, EngineMemory } from '../engine/engine.ts';
import type { EngineParts } from '../parts.ts';
import type { WorkQueue } from '../queue/work-queue.ts';

export interface Hooks {
  readonly onSituation: (site: CloudSite) => void;
  readonly changed: () => void;
  /** Resolves once all that the source holds is taken in. */
  readonly sourceRead: Promise<void>;
}

type SiteEvents = Pick<
  SiteOptions,
  'beforeFirstView' | 'onDroplets' | 'onListing' | 'onReturn' | 'onSituation'
>;

/** What the engine makes of a site's news. */
export function siteEvents(engine: () => Engine, queue: WorkQueue<ResourceKey>, hooks: Hooks): SiteEvents {
  return {
    beforeFirstView: async (site, listed) => {
      await hooks.sourceRead;
      await beforeFirstView(engine(), site, listed);
    },
    onDroplets: (ids) => {
      for (const id of ids) {
        const key = ownerOf(engine(), id);
        if (key) queue.add(key, { priority: 'routine' });
      }
      if (ids.length > 0) hooks.changed();
    },
    onListing: (site) => takeListing(engine(), site, hooks),
    onReturn: (site, id) => takeReturn(engine(), site, id, queue),
    onSituation: hooks.onSituation,
  };
}

async function beforeFirstView(engine: Engine, site: CloudSite, listed: readonly Droplet[]): Promise<void> {
  await bindCloud(engine, site, listed);
  await engine.gate.check(site);
}

/** With each listing: a take-over beside the running controller lets the fleet be bound again. */
async function bindCloud(
  engine: EngineParts & EngineMemory & EngineFleet,
  site: CloudSite,
  listed: Iterable<Droplet>,
): Promise<void> {
  const { identity } = site.situation();
  const { cloud } = engine.source.fleet().state;
  if (!identity || site !== engine.sites.own()) return;
  if (cloud && (!isElsewhere(cloud, identity) || !isSameCloud(engine, site, cloud, listed))) return;
  await engine.holds.bindCloud(identity);
}

/**
 * Whether the cloud that the fleet is bound to is the present one by another name. Accounts were known by their user once, and
 * are known by their team now. A recorded droplet that is listed here with the fleet's tag proves it; a fleet without any
 * follows its user.
 */
function isSameCloud(
  { source }: EngineParts,
  site: CloudSite,
  bound: CloudIdentity,
  listed: Iterable<Droplet>,
): boolean {
  if (bound.apiURL !== site.situation().identity?.apiURL) return false;
  const recorded = new Set<number>();
  for (const { status } of source.bots())
    if (status.droplet?.cloud.accountUUID === bound.accountUUID) recorded.add(status.droplet.id);
  if (recorded.size === 0) return bound.accountUUID === site.account?.userUUID;
  for (const { id } of listed) if (recorded.has(id)) return true;
  return false;
}

/** The bot that records the droplet, whose name it bears, or that waits for its end. */
function ownerOf(engine: EngineParts & EngineMemory & EngineFleet, id: number): ResourceKey | undefined {
  const recorded = engine.owners.ofDroplet(id);
  if (recorded) return recorded;
  for (const site of engine.sites.all()) {
    const uid = site.view.uidOf(id);
    const key = uid === undefined ? site.watcherOf(id) : engine.owners.ofUID(uid);
    if (key) return key;
  }
  return undefined;
}

/** So many droplets newer than their records are no chance. */
const fewNewer = 3;

/** A listing may lag a create by this much. */
const listLagMs = 120_000;

interface Presence {
  readonly key: ResourceKey;
  readonly dropletID: number;
  /** Its end is asked for. */
  readonly isEnding: boolean;
  readonly isThere: boolean;
  /** The newest listing should show it, and does not; GET may. */
  readonly isLacked: boolean;
}

/**
 * Recorded droplets that should be in the site's view, but for those that go by our own doing. What was missed before its end was
 * asked for is missed still.
 */
function expected(engine: EngineParts & EngineMemory & EngineFleet, site: CloudSite): Presence[] {
  const { identity } = site.situation();
  const presences: Presence[] = [];
  for (const bot of engine.source.bots()) {
    const { key, status, deletion } = bot;
    const { droplet, operation } = status;
    if (!droplet) continue;
    const isEnding = deletion !== undefined || operation?.type === 'Redeploy';
    if (isEnding && !site.incidents.isAbout(droplet.id)) continue;
    // What is seen of a droplet on its way is not on record.
    if (!droplet.seen && !site.view.wasSeen(droplet.id)) continue;
    if (isElsewhere(droplet.cloud, identity) || isOvertaken(bot, site)) continue;
    const isThere = site.view.lives(droplet.id);
    const mayLag = isThere && cloudAge({ cloud: site.situation() }, droplet.createdAt) < listLagMs;
    const isLacked = site.view.isLacked(droplet.id) && !mayLag;
    presences.push({ key, dropletID: droplet.id, isEnding, isThere, isLacked });
  }
  return presences;
}

/** A later droplet of the bot's own lives: that the recorded one is missing is the record's mistake, not the cloud's. */
function isOvertaken({ uid, status }: BotRecord, { view }: CloudSite): boolean {
  const births = birthsOf(status);
  return view.ofUID(uid).some(({ id, tags }) => view.lives(id) && (birthOfTags(tags) ?? 0) > births);
}

/** The droplets show how far each bot has come: a state that is behind many of them was restored. */
function judgeAge(engine: EngineParts & EngineMemory & EngineFleet, site: CloudSite): void {
  if (!site.isFirstView) return;
  const newer = [...site.view.droplets()].filter((droplet) => isNewer(engine, droplet)).length;
  if (newer >= fewNewer || newer > site.view.size / 10) engine.holds.stateIsOld(newer);
}

function isNewer({ owners, source }: EngineParts & EngineMemory, { name, tags }: Droplet): boolean {
  const birth = birthOfTags(tags);
  const uid = uidOfDropletName(name);
  const key = uid === undefined ? undefined : owners.ofUID(uid);
  const bot = key && source.bot(key);
  return bot !== undefined && birth !== undefined && birth > birthsOf(bot.status);
}

/** A droplet that was believed gone is there: what rested on its loss is taken back. */
function takeReturn(
  engine: EngineParts & EngineMemory & EngineFleet,
  site: CloudSite,
  id: number,
  queue: WorkQueue<ResourceKey>,
): void {
  const uid = site.view.uidOf(id);
  const key = engine.owners.ofDroplet(id) ?? (uid === undefined ? undefined : engine.owners.ofUID(uid));
  engine.log.warn({ droplet: id, bot: key }, 'a droplet that was believed gone is there again');
  if (key === undefined) return;
  engine.holds.recreations.returned(key);
  queue.add(key);
}

/** Suspicions first, before any bot acts on what the listing misses. */
async function takeListing(
  engine: EngineParts & EngineMemory & EngineFleet,
  site: CloudSite,
  hooks: Hooks,
): Promise<void> {
  const presences = expected(engine, site);
  const missing = presences.filter(({ isThere, isEnding }) => !isThere && !isEnding);
  engine.holds.recreations.suspect(missing.map(({ key }) => key));
  const idsOf = (some: readonly Presence[]) => some.map(({ dropletID }) => dropletID);
  // What a listing lacks though GET shows it is a mistake of the listing, which may lack others just as well.
  const lacking = presences.filter(({ isThere, isLacked }) => !isThere || isLacked);
  const wasIncident = site.incidents.current !== undefined;
  // What answered 404 in an incident proves nothing afterwards either.
  if (site.incidents.listed(idsOf(presences), idsOf(lacking))) site.view.forgetMisses();
  if (wasIncident && !site.incidents.current) hooks.onSituation(site);
  judgeAge(engine, site);
  try {
    await bindCloud(engine, site, site.view.droplets());
    await engine.orphans.sweep(site);
  } catch (error) {
    engine.log.warn(
      { err: error },
      'a listing could not be dealt with to its end; the next one is tried again',
    );
  }
}
