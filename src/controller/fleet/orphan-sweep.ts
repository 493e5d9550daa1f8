import { birthOfTags } from '../../model/birth.ts';
import type { OrphanOverview } from '../../model/fleet-overview.ts';
import { foreignFleetOfTags, releasedTag, uidOfDropletName } from '../../model/identity.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Droplet } from '../../ports/cloud.ts';
import type { Leadership } from '../../ports/leadership.ts';
import type { Log } from '../../ports/log.ts';
import type { Source } from '../../ports/source.ts';
import type { CloudSite } from '../cloud/cloud-site.ts';
import type { EngineSettings } from '../settings.ts';
import { leaveWithinMs } from '../settings.ts';
import type { MassLossHolds } from './mass-loss-holds.ts';
import type { OwnerIndex } from './owner-index.ts';
import type { Tombstones } from './tombstones.ts';

interface Orphan {
  readonly droplet: Droplet;
  readonly since: number;
  readonly sinceWall: number;
  sightings: number;
}

/** Droplets that one sweep destroys at most. */
const mostAtOnce = 3;

export interface OrphanSweepParts {
  readonly source: Source;
  readonly owners: OwnerIndex;
  readonly holds: MassLossHolds;
  readonly tombstones: Tombstones;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: EngineSettings;
  readonly leadership: Leadership;
  /** Whether this fleet may act in that cloud at all. */
  readonly mayAct: (site: CloudSite) => boolean;
}

/**
 * Droplets with the fleet's tag that belong to no bot. They are reported; destroyed only under a tombstone with
 * policy Delete, or under --orphans=delete: seen twice, older than a grace period, a few a sweep, with the whole
 * source listed and nothing held, and a GET just before.
 */
export class OrphanSweep {
  readonly #parts: OrphanSweepParts;
  readonly #bySite = new WeakMap<CloudSite, Map<number, Orphan>>();

  constructor(parts: OrphanSweepParts) {
    this.#parts = parts;
  }

  /** Oldest first. */
  of(site: CloudSite): Droplet[] {
    const orphans = [...(this.#bySite.get(site)?.values() ?? [])];
    return orphans.map((orphan) => orphan.droplet).sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  }

  overview(site: CloudSite): OrphanOverview[] {
    return [...(this.#bySite.get(site)?.values() ?? [])].map(({ droplet, sinceWall }) => ({
      id: droplet.id,
      name: droplet.name,
      priceMonthlyUSD: droplet.priceMonthlyUSD,
      seenSince: new Date(sinceWall).toISOString(),
    }));
  }

  /** Takes in a whole listing, and destroys what may be. */
  async sweep(site: CloudSite): Promise<void> {
    this.#takeStock(site);
    for (const droplet of this.#condemned(site).slice(0, mostAtOnce)) await this.#destroy(site, droplet);
  }

  #takeStock(site: CloudSite): void {
    const before = this.#bySite.get(site);
    const now = new Map<number, Orphan>();
    for (const droplet of site.view.droplets()) {
      if (this.#isOwned(droplet)) continue;
      if (!site.view.lives(droplet.id)) {
        site.view.forget(droplet.id);
        continue;
      }
      const known = before?.get(droplet.id);
      now.set(
        droplet.id,
        known ? { ...known, droplet, sightings: known.sightings + 1 } : this.#newcomer(droplet),
      );
    }
    this.#bySite.set(site, now);
  }

  #newcomer(droplet: Droplet): Orphan {
    const { clock, log } = this.#parts;
    log.warn({ droplet: droplet.id, name: droplet.name }, 'a droplet with the fleet’s tag belongs to no bot');
    return { droplet, since: clock.monotonic(), sinceWall: clock.now(), sightings: 1 };
  }

  #isOwned(droplet: Droplet): boolean {
    const { owners } = this.#parts;
    const uid = uidOfDropletName(droplet.name);
    return (
      owners.ofDroplet(droplet.id) !== undefined || (uid !== undefined && owners.ofUID(uid) !== undefined)
    );
  }

  #condemned(site: CloudSite): Droplet[] {
    const orphans = [...(this.#bySite.get(site)?.values() ?? [])];
    return orphans
      .filter((orphan) => this.#isOurs(orphan.droplet) && (this.#isBuried(orphan) || this.#mayGo(orphan)))
      .map((orphan) => orphan.droplet);
  }

  /** Another fleet's tag, or a bot that declares to adopt it, forbids every touch. */
  #isOurs(droplet: Droplet): boolean {
    const { source } = this.#parts;
    if (foreignFleetOfTags(droplet.tags, source.fleet().state.fleetID) !== undefined) return false;
    if (droplet.tags.includes(releasedTag)) return false;
    for (const { spec } of source.bots()) if (spec?.adopt?.dropletID === droplet.id) return false;
    return true;
  }

  #isBuried({ droplet, sightings }: Orphan): boolean {
    const uid = uidOfDropletName(droplet.name);
    const grave = uid === undefined ? undefined : this.#parts.tombstones.of(uid);
    if (sightings < 2 || grave?.policy !== 'Delete') return false;
    const birth = birthOfTags(droplet.tags);
    // Graves from before births were counted: nor do their droplets bear one.
    return grave.births === undefined
      ? birth === undefined
      : (birth ?? Number.POSITIVE_INFINITY) <= grave.births;
  }

  /** What stands against destroying anything that no bot asks for, whichever way it was found. */
  #isForbidden(site: CloudSite): boolean {
    const { holds, leadership, mayAct } = this.#parts;
    if (leadership.msLeft() < leaveWithinMs || !mayAct(site)) return true;
    return holds.oldState !== undefined || site.incidents.current !== undefined;
  }

  #mayGo({ sightings, since }: Orphan): boolean {
    const { settings, source, holds, clock } = this.#parts;
    if (settings.orphans !== 'delete' || sightings < 2) return false;
    return (
      source.health().whole &&
      holds.holds().length === 0 &&
      clock.monotonic() - since >= settings.orphanGraceMs
    );
  }

  async #destroy(site: CloudSite, droplet: Droplet): Promise<void> {
    const permit = site.cloud.budget.reserve('background');
    if (!permit) return;
    let isFree = false;
    try {
      isFree = await this.#mayBeDestroyed(site, droplet);
    } finally {
      if (!isFree) permit.release();
    }
    if (!isFree) return;
    this.#parts.log.warn({ droplet: droplet.id, name: droplet.name }, 'destroying an orphan');
    await site.cloud.deleteDroplet(droplet.id, { class: 'background', signal: site.signal, permit });
    site.view.condemn(droplet.id);
  }

  /** Asked last, once the call has its place in the budget, and by a GET. */
  async #mayBeDestroyed(site: CloudSite, droplet: Droplet): Promise<boolean> {
    if (this.#isForbidden(site)) return false;
    const alive = await site.read(droplet.id, 'background');
    const current = site.view.droplet(droplet.id);
    if (alive !== 'alive' || !current || this.#isForbidden(site)) return false;
    return isSameOrphan(droplet, current) && !this.#isOwned(current) && this.#isOurs(current);
  }
}

/** Somebody who renames or tags a droplet has plans for it. */
function isSameOrphan(a: Droplet, b: Droplet): boolean {
  return a.name === b.name && a.tags.length === b.tags.length && a.tags.every((tag) => b.tags.includes(tag));
}
