import type { DropletObservation, Miss } from '../../decide/input.ts';
import { uidOfDropletName } from '../../model/identity.ts';
import type { Droplet } from '../../ports/cloud.ts';
import { isSameDroplet } from '../../ports/is-same-droplet.ts';
import { Misses } from './misses.ts';
import { Sightings } from './sightings.ts';

/** A list may lag a create by this much: a droplet that was never listed is not missed before. */
const listLagMs = 30_000;
/** No list lags a death by this much. */
const deadMemoryMs = 3_600_000;
/** How long after its end a list may still show a droplet. */
const deathLagMs = 60_000;

/** A listing older than this does not contradict a 404. */
const contradictionMs = 60_000;

/**
 * What is known of the droplets of one cloud: the last whole listing by the fleet's tag, overlaid by our own
 * answers and GETs until a newer observation arrives. A listing proves no absence; a 404 does.
 */
export class FleetView {
  readonly #sightings = new Sightings();
  readonly #missed = new Misses();
  readonly #condemned = new Set<number>();
  /** When each was found gone (monotonic ms). */
  readonly #dead = new Map<number, number>();
  #wholeSince: number | undefined;
  /** Every row of the newest listing could be read. */
  #isProof = false;

  /** When the newest whole listing began (monotonic ms). */
  get wholeSince(): number | undefined {
    return this.#wholeSince;
  }

  /** Forgets everything but which ids are dead. */
  clear(): void {
    this.#sightings.clear();
    this.#missed.clear();
    this.#wholeSince = undefined;
  }

  get size(): number {
    return this.#sightings.size;
  }

  *droplets(): Iterable<Droplet> {
    for (const sighting of this.#sightings.all()) yield sighting.droplet;
  }

  droplet(id: number): Droplet | undefined {
    return this.#sightings.of(id)?.droplet;
  }

  /** As the last listing that showed it did. One from the answer to its create shares no text with others: not that. */
  listed(id: number): Droplet | undefined {
    const sighting = this.#sightings.of(id);
    return sighting?.listed ? sighting.droplet : undefined;
  }

  /** The uid that the droplet's name speaks of. */
  uidOf(id: number): string | undefined {
    const name = this.#sightings.of(id)?.droplet.name;
    return name === undefined ? undefined : uidOfDropletName(name);
  }

  /** Whether a GET or a list has ever shown it to this process. */
  wasSeen(id: number): boolean {
    return this.#sightings.of(id)?.seen ?? false;
  }

  /** `now`: monotonic ms. `confirmed`: whether a GET of the present pass has shown it. */
  sight(id: number, now: number, confirmed = false): DropletObservation {
    if (this.#dead.has(id)) return { kind: 'gone' };
    const miss = this.miss(id, now);
    if (miss) return { kind: 'missing', miss };
    const sighting = this.#sightings.of(id);
    if (!sighting) return { kind: 'unlooked' };
    if (sighting.unlisted) return { kind: 'unlisted' };
    return { kind: 'seen', droplet: sighting.droplet, proven: sighting.seen, confirmed };
  }

  /** Undefined unless GET has answered 404 since it was last seen. */
  miss(id: number, now: number): Miss | undefined {
    return this.#missed.of(id, now);
  }

  /** It is there, as far as anybody knows. */
  lives(id: number): boolean {
    const sighting = this.#sightings.of(id);
    return sighting !== undefined && !sighting.unlisted && !this.#missed.has(id);
  }

  /** Whether the newest whole listing, no older than a minute at `now` (monotonic ms), shows the droplet. */
  isListedSince(id: number, now: number): boolean {
    const sighting = this.#sightings.of(id);
    if (!sighting?.listed || sighting.unlisted || this.#condemned.has(id)) return false;
    return this.#wholeSince !== undefined && now - this.#wholeSince < contradictionMs;
  }

  /** Whether the newest whole listing lacks the droplet, whatever GET says of it. */
  isLacked(id: number): boolean {
    return this.#isProof && this.#sightings.of(id)?.inNewest !== true;
  }

  /** Its end was ordered: that it is missing is no news. */
  condemn(id: number): void {
    this.#condemned.add(id);
  }

  /** Whether a droplet that answers 404 waits for a listing to confirm that. */
  get awaitsListing(): boolean {
    return this.#missed.awaitListing;
  }

  /** Droplets whose exact name is that of the uid and that are not known to be gone. */
  ofUID(uid: string): Droplet[] {
    return this.#sightings.ofUID(uid);
  }

  /** Droplets that were made for a bot of that key, whatever its uid was. */
  ofKeyTag(tag: string): Droplet[] {
    return this.#sightings.ofKeyTag(tag);
  }

  tagged(tag: string): Droplet[] {
    return [...this.droplets()].filter((droplet) => droplet.tags.includes(tag));
  }

  /** Records what a GET, a look-up or the answer to a create showed; true when something of it is new. */
  observe(droplet: Droplet, asOf: number, kind: 'read' | 'answer'): boolean {
    const diedAt = this.#dead.get(droplet.id);
    if (diedAt !== undefined && diedAt >= asOf) return false;
    const before = this.#sightings.of(droplet.id);
    if (before && before.asOf > asOf) return false;
    const returned = this.#dead.delete(droplet.id);
    const found = this.#missed.delete(droplet.id) || returned;
    const seen = kind === 'read' || (before?.seen ?? false);
    const { listed = false, inNewest = false } = before ?? {};
    this.#sightings.put({ droplet, asOf, seen, listed, unlisted: false, inNewest });
    return found || !before || before.unlisted || !isSameDroplet(before.droplet, droplet);
  }

  /** A 404 that proves nothing yet: the bot concerned is to look for itself. True when that is news. */
  markDoubtful(id: number): boolean {
    const sighting = this.#sightings.of(id);
    if (!sighting || sighting.unlisted) return false;
    sighting.unlisted = true;
    return true;
  }

  /** A 404 for a droplet that was seen before, by a GET begun at `asOf` (monotonic ms). True when that is news. */
  markMissing(id: number, asOf: number): boolean {
    if (this.#dead.has(id)) return false;
    const sighting = this.#sightings.of(id);
    return sighting && sighting.asOf > asOf ? false : this.#missed.add(id, asOf);
  }

  /** What answered 404 is judged from the beginning: those answers are not believed any more. */
  forgetMisses(): number[] {
    const ids = this.#missed.clear();
    for (const id of ids) {
      const sighting = this.#sightings.of(id);
      if (sighting) sighting.unlisted = true;
    }
    return ids;
  }

  /** Its absence is proven: no stale listing brings it back, as no id is used twice. Only a GET that shows it does. */
  bury(id: number, asOf: number): void {
    this.#dead.set(id, asOf);
    this.#missed.delete(id);
    this.#condemned.delete(id);
    this.#sightings.delete(id);
  }

  isBuried(id: number): boolean {
    return this.#dead.has(id);
  }

  /** Those of `droplets` that are believed gone although no listing lags that much: only a GET can decide. */
  returning(droplets: readonly Droplet[], begunAt: number): number[] {
    return droplets
      .filter(({ id }) => {
        const diedAt = this.#dead.get(id);
        return diedAt !== undefined && begunAt - diedAt >= deathLagMs;
      })
      .map(({ id }) => id);
  }

  /** It is no concern of the fleet any more; a listing may bring it back. */
  forget(id: number): void {
    this.#sightings.delete(id);
  }

  /**
   * Takes in a whole listing; returns the ids about which something changed, those now missing from it included. Unless it
   * `proves` what it lacks, nothing is missing from it.
   */
  takeListing(droplets: readonly Droplet[], begunAt: number, proves = true): number[] {
    const changed: number[] = [];
    for (const droplet of droplets) if (this.#list(droplet, begunAt)) changed.push(droplet.id);
    this.#wholeSince = begunAt;
    this.#isProof = proves;
    for (const [id, goneAt] of this.#dead) if (begunAt - goneAt > deadMemoryMs) this.#dead.delete(id);
    if (!proves) return changed;
    const contested = this.#missed.judge(droplets, begunAt, (id) => this.#condemned.has(id));
    return [...changed, ...this.#markUnlisted(droplets, begunAt), ...contested];
  }

  #list(droplet: Droplet, begunAt: number): boolean {
    if (this.#dead.has(droplet.id)) return false;
    const before = this.#sightings.of(droplet.id);
    if (before) before.inNewest = true;
    if (before && before.asOf > begunAt) {
      before.listed = true;
      return false;
    }
    if (before?.droplet === droplet && before.listed && !before.unlisted) {
      before.asOf = begunAt;
      return false;
    }
    const changed = !before || before.unlisted || !isSameDroplet(before.droplet, droplet);
    this.#sightings.put({
      droplet,
      asOf: begunAt,
      seen: true,
      listed: true,
      unlisted: false,
      inNewest: true,
    });
    return changed;
  }

  #markUnlisted(droplets: readonly Droplet[], begunAt: number): number[] {
    if (droplets.filter(({ id }) => this.#sightings.of(id)).length === this.#sightings.size) return [];
    const listed = new Set(droplets.map((droplet) => droplet.id));
    const missing: number[] = [];
    for (const sighting of this.#sightings.all()) {
      const { id } = sighting.droplet;
      if (!listed.has(id)) sighting.inNewest = false;
      const allowance = sighting.listed ? 0 : listLagMs;
      if (listed.has(id) || sighting.unlisted || sighting.asOf + allowance >= begunAt) continue;
      sighting.unlisted = true;
      missing.push(id);
    }
    return missing;
  }
}
