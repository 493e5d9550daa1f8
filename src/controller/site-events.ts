import { isElsewhere } from '../decide/blocked.ts';
import type { ResourceKey } from '../model/resource-key.ts';
import type { CloudSite, SiteOptions } from './cloud-site.ts';
import type { Engine } from './engine.ts';
import type { WorkQueue } from './work-queue.ts';

export interface Hooks {
  readonly onSituation: (site: CloudSite) => void;
  readonly changed: () => void;
  /** Resolves once all that the source holds is taken in. */
  readonly sourceRead: Promise<void>;
}

type SiteEvents = Pick<SiteOptions, 'beforeFirstView' | 'onDroplets' | 'onListing' | 'onSituation'>;

/** What the engine makes of a site's news. */
export function siteEvents(engine: () => Engine, queue: WorkQueue<ResourceKey>, hooks: Hooks): SiteEvents {
  return {
    beforeFirstView: async (site) => {
      await hooks.sourceRead;
      await beforeFirstView(engine(), site);
    },
    onDroplets: (ids) => {
      for (const id of ids) {
        const key = ownerOf(engine(), id);
        if (key) queue.add(key, { priority: 'routine' });
      }
      if (ids.length > 0) hooks.changed();
    },
    onListing: (site) => takeListing(engine(), site),
    onSituation: hooks.onSituation,
  };
}

async function beforeFirstView(engine: Engine, site: CloudSite): Promise<void> {
  await bindCloud(engine, site);
  await engine.gate.check(site);
}

/** With each listing: a take-over beside the running controller lets the fleet be bound anew. */
async function bindCloud({ sites, keeper }: Engine, site: CloudSite): Promise<void> {
  const { identity } = site.situation();
  if (identity && site === sites.own()) await keeper.bindCloud(identity);
}

/** The bot that records the droplet, whose name it bears, or that waits for its end. */
function ownerOf(engine: Engine, id: number): ResourceKey | undefined {
  const recorded = engine.owners.ofDroplet(id);
  if (recorded) return recorded;
  for (const site of engine.sites.all()) {
    const uid = site.view.uidOf(id);
    const key = uid === undefined ? site.watcherOf(id) : engine.owners.ofUID(uid);
    if (key) return key;
  }
  return undefined;
}

/** Bots whose recorded droplet should be in the site's view and is not, and not by our own doing. */
function missing(engine: Engine, site: CloudSite): ResourceKey[] {
  const { identity } = site.situation();
  const keys: ResourceKey[] = [];
  for (const { key, status, deletion } of engine.source.bots()) {
    const { droplet, operation } = status;
    if (!droplet || deletion || operation?.type === 'Redeploy') continue;
    // What is seen of a droplet on its way is not on record.
    if (!droplet.seen && !site.view.wasSeen(droplet.id)) continue;
    if (!isElsewhere(droplet.cloud, identity) && site.view.sight(droplet.id).kind !== 'seen') keys.push(key);
  }
  return keys;
}

/** Suspicions first, before any bot acts on what the listing misses. */
async function takeListing(engine: Engine, site: CloudSite): Promise<void> {
  engine.keeper.recreations.suspect(missing(engine, site));
  try {
    await bindCloud(engine, site);
    await engine.orphans.sweep(site);
  } catch (error) {
    engine.log.warn(
      { err: error },
      'a listing could not be dealt with to its end; the next one is tried again',
    );
  }
}
