import { MultiMap } from '../../kit/multi-map.ts';
import { keyTagOf, uidOfDropletName } from '../../model/identity.ts';
import type { Droplet } from '../../ports/cloud.ts';

export interface Sighting {
  readonly droplet: Droplet;
  /** When the call that showed it began (monotonic ms). */
  asOf: number;
  /** Whether a GET or a list has shown it, not merely the answer to its own create. */
  readonly seen: boolean;
  listed: boolean;
  unlisted: boolean;
  /** Whether the newest whole listing shows it. */
  inNewest: boolean;
}

/** The last sighting of each droplet by id, and by what its name and tags say of its bot. */
export class Sightings {
  readonly #byID = new Map<number, Sighting>();
  readonly #byUID = new MultiMap<string, number>();
  readonly #byKeyTag = new MultiMap<string, number>();

  get size(): number {
    return this.#byID.size;
  }

  all(): Iterable<Sighting> {
    return this.#byID.values();
  }

  of(id: number): Sighting | undefined {
    return this.#byID.get(id);
  }

  /** Droplets whose exact name is that of the uid. */
  ofUID(uid: string): Droplet[] {
    return this.#droplets(this.#byUID.of(uid));
  }

  /** Droplets that were created for a bot of that key, whatever its uid was. */
  ofKeyTag(tag: string): Droplet[] {
    return this.#droplets(this.#byKeyTag.of(tag));
  }

  put(sighting: Sighting): void {
    const { droplet } = sighting;
    const before = this.#byID.get(droplet.id)?.droplet;
    this.#byID.set(droplet.id, sighting);
    if (before?.name === droplet.name && keyTagOf(before.tags) === keyTagOf(droplet.tags)) return;
    if (before) this.#unindex(before);
    const [uid, keyTag] = [uidOfDropletName(droplet.name), keyTagOf(droplet.tags)];
    if (uid !== undefined) this.#byUID.add(uid, droplet.id);
    if (keyTag !== undefined) this.#byKeyTag.add(keyTag, droplet.id);
  }

  delete(id: number): void {
    const before = this.#byID.get(id);
    if (!before) return;
    this.#byID.delete(id);
    this.#unindex(before.droplet);
  }

  clear(): void {
    this.#byID.clear();
    this.#byUID.clear();
    this.#byKeyTag.clear();
  }

  #droplets(ids: readonly number[]): Droplet[] {
    return ids.flatMap((id) => this.#byID.get(id)?.droplet ?? []);
  }

  #unindex({ id, name, tags }: Droplet): void {
    const [uid, keyTag] = [uidOfDropletName(name), keyTagOf(tags)];
    if (uid !== undefined) this.#byUID.delete(uid, id);
    if (keyTag !== undefined) this.#byKeyTag.delete(keyTag, id);
  }
}
