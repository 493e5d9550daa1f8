import type { RecordedSight } from '../decide/input.ts';
import { uidOfDropletName } from '../model/identity.ts';
import type { Droplet } from '../ports/cloud.ts';

interface Sighting {
  readonly droplet: Droplet;
  /** When the call that showed it began (monotonic ms). */
  asOf: number;
  /** By GET or a list, not merely by the answer to its own create. */
  readonly seen: boolean;
  listed: boolean;
  unlisted: boolean;
}

/** A list may lag a create by this much: a droplet that was never listed is not missed before. */
const listLagMs = 30_000;
/** No list lags a death by this much. */
const deadMemoryMs = 3_600_000;

/**
 * What is known of the droplets of one cloud: the last whole listing by the fleet's tag, overlaid by our own
 * answers and GETs until a newer observation arrives. A listing proves no absence; a 404 does.
 */
export class FleetView {
  readonly #sightings = new Map<number, Sighting>();
  /** Mostly one: a list is there only for duplicates, as ten thousand of them weigh. */
  readonly #byUID = new Map<string, number | readonly number[]>();
  /** When each was found gone (monotonic ms). */
  readonly #dead = new Map<number, number>();
  #wholeSince: number | undefined;

  /** When the newest whole listing began (monotonic ms). */
  get wholeSince(): number | undefined {
    return this.#wholeSince;
  }

  /** Forgets everything but which ids are dead. */
  clear(): void {
    this.#sightings.clear();
    this.#byUID.clear();
    this.#wholeSince = undefined;
  }

  get size(): number {
    return this.#sightings.size;
  }

  *droplets(): Iterable<Droplet> {
    for (const sighting of this.#sightings.values()) yield sighting.droplet;
  }

  droplet(id: number): Droplet | undefined {
    return this.#sightings.get(id)?.droplet;
  }

  /** As the last listing that showed it did. One from the answer to its create shares no text with others: not that. */
  listed(id: number): Droplet | undefined {
    const sighting = this.#sightings.get(id);
    return sighting?.listed ? sighting.droplet : undefined;
  }

  /** The uid that the droplet's name speaks of. */
  uidOf(id: number): string | undefined {
    const name = this.#sightings.get(id)?.droplet.name;
    return name === undefined ? undefined : uidOfDropletName(name);
  }

  /** Whether a GET or a list has ever shown it to this process. */
  wasSeen(id: number): boolean {
    return this.#sightings.get(id)?.seen ?? false;
  }

  sight(id: number): RecordedSight {
    if (this.#dead.has(id)) return { kind: 'gone' };
    const sighting = this.#sightings.get(id);
    if (!sighting) return { kind: 'unlooked' };
    if (sighting.unlisted) return { kind: 'unlisted' };
    return { kind: 'seen', droplet: sighting.droplet, proven: sighting.seen };
  }

  /** Living droplets whose exact name is that of the uid. */
  ofUID(uid: string): Droplet[] {
    return this.#idsOf(uid).flatMap((id) => this.#sightings.get(id)?.droplet ?? []);
  }

  tagged(tag: string): Droplet[] {
    return [...this.droplets()].filter((droplet) => droplet.tags.includes(tag));
  }

  /** Takes in what a GET, a look-up or the answer to a create showed; true when it tells something new. */
  observe(droplet: Droplet, asOf: number, kind: 'read' | 'answer'): boolean {
    if (this.#dead.has(droplet.id)) return false;
    const before = this.#sightings.get(droplet.id);
    if (before && before.asOf > asOf) return false;
    const seen = kind === 'read' || (before?.seen ?? false);
    this.#put({ droplet, asOf, seen, listed: before?.listed ?? false, unlisted: false });
    return !before || before.unlisted || !sameDroplet(before.droplet, droplet);
  }

  /** A 404 that proves nothing yet: the bot concerned is to look for itself. True when that is news. */
  markDoubtful(id: number): boolean {
    const sighting = this.#sightings.get(id);
    if (!sighting || sighting.unlisted) return false;
    sighting.unlisted = true;
    return true;
  }

  /** A 404 that proves absence: no stale listing brings it back, as no id is used twice. True when that is news. */
  markGone(id: number, asOf: number): boolean {
    if (this.#dead.has(id)) return false;
    this.#dead.set(id, asOf);
    this.#drop(id);
    return true;
  }

  /** It is no concern of the fleet any more; a listing may bring it back. */
  forget(id: number): void {
    this.#drop(id);
  }

  /** Takes in a whole listing; returns the ids about which something changed, those now missing from it included. */
  takeListing(droplets: readonly Droplet[], begunAt: number): number[] {
    const changed: number[] = [];
    for (const droplet of droplets) if (this.#list(droplet, begunAt)) changed.push(droplet.id);
    this.#wholeSince = begunAt;
    for (const [id, goneAt] of this.#dead) if (begunAt - goneAt > deadMemoryMs) this.#dead.delete(id);
    return [...changed, ...this.#markUnlisted(droplets, begunAt)];
  }

  #list(droplet: Droplet, begunAt: number): boolean {
    if (this.#dead.has(droplet.id)) return false;
    const before = this.#sightings.get(droplet.id);
    if (before && before.asOf > begunAt) {
      before.listed = true;
      return false;
    }
    if (before?.droplet === droplet && before.listed && !before.unlisted) {
      before.asOf = begunAt;
      return false;
    }
    const changed = !before || before.unlisted || !sameDroplet(before.droplet, droplet);
    this.#put({ droplet, asOf: begunAt, seen: true, listed: true, unlisted: false });
    return changed;
  }

  #markUnlisted(droplets: readonly Droplet[], begunAt: number): number[] {
    if (droplets.filter(({ id }) => this.#sightings.has(id)).length === this.#sightings.size) return [];
    const listed = new Set(droplets.map((droplet) => droplet.id));
    const missing: number[] = [];
    for (const [id, sighting] of this.#sightings) {
      const allowance = sighting.listed ? 0 : listLagMs;
      if (listed.has(id) || sighting.unlisted || sighting.asOf + allowance >= begunAt) continue;
      sighting.unlisted = true;
      missing.push(id);
    }
    return missing;
  }

  #put(sighting: Sighting): void {
    const { droplet } = sighting;
    const before = this.#sightings.get(droplet.id);
    this.#sightings.set(droplet.id, sighting);
    if (before?.droplet.name === droplet.name) return;
    if (before) this.#unindex(before.droplet);
    const uid = uidOfDropletName(droplet.name);
    if (uid !== undefined) this.#index(uid, [...this.#idsOf(uid), droplet.id]);
  }

  #idsOf(uid: string): readonly number[] {
    const ids = this.#byUID.get(uid) ?? [];
    return typeof ids === 'number' ? [ids] : ids;
  }

  #index(uid: string, ids: readonly number[]): void {
    const [first] = ids;
    if (first === undefined) this.#byUID.delete(uid);
    else this.#byUID.set(uid, ids.length === 1 ? first : ids);
  }

  #drop(id: number): void {
    const before = this.#sightings.get(id);
    if (!before) return;
    this.#sightings.delete(id);
    this.#unindex(before.droplet);
  }

  #unindex(droplet: Droplet): void {
    const uid = uidOfDropletName(droplet.name);
    if (uid === undefined) return;
    this.#index(
      uid,
      this.#idsOf(uid).filter((id) => id !== droplet.id),
    );
  }
}

function sameDroplet(a: Droplet, b: Droplet): boolean {
  return (
    a.status === b.status &&
    a.name === b.name &&
    a.publicIPv4 === b.publicIPv4 &&
    a.size === b.size &&
    a.backups === b.backups &&
    a.ipv6 === b.ipv6 &&
    a.priceMonthlyUSD === b.priceMonthlyUSD &&
    a.tags.length === b.tags.length &&
    a.tags.every((tag) => b.tags.includes(tag))
  );
}
