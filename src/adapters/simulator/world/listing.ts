import type { DropletRecord } from './records.ts';

const nothing: ReadonlySet<DropletRecord> = new Set();

/**
 * The droplets that lists show, found by name or tag. Creates and destroys reach
 * it only through `show` and `hide`.
 */
export class Listing {
  readonly #keys = new Map<DropletRecord, readonly string[]>();
  readonly #all = new Set<DropletRecord>();
  readonly #byKey = new Map<string, Set<DropletRecord>>();

  /** Shows a droplet from now on, or updates how it is shown. */
  show(droplet: DropletRecord): void {
    const keys = keysOf(droplet);
    for (const key of this.#keys.get(droplet) ?? []) if (!keys.includes(key)) this.#drop(key, droplet);
    for (const key of keys) this.#add(key, droplet);
    this.#all.add(droplet);
    this.#keys.set(droplet, keys);
  }

  hide(droplet: DropletRecord): void {
    for (const key of this.#keys.get(droplet) ?? []) this.#drop(key, droplet);
    this.#all.delete(droplet);
    this.#keys.delete(droplet);
  }

  shows(droplet: DropletRecord): boolean {
    return this.#all.has(droplet);
  }

  all(): ReadonlySet<DropletRecord> {
    return this.#all;
  }

  named(name: string): ReadonlySet<DropletRecord> {
    return this.#byKey.get(nameKey(name)) ?? nothing;
  }

  tagged(tag: string): ReadonlySet<DropletRecord> {
    return this.#byKey.get(tagKey(tag)) ?? nothing;
  }

  #add(key: string, droplet: DropletRecord): void {
    const known = this.#byKey.get(key);
    if (known === undefined) this.#byKey.set(key, new Set([droplet]));
    else known.add(droplet);
  }

  #drop(key: string, droplet: DropletRecord): void {
    const known = this.#byKey.get(key);
    known?.delete(droplet);
    if (known?.size === 0) this.#byKey.delete(key);
  }
}

function keysOf(droplet: DropletRecord): string[] {
  const tags = droplet.tagsHidden ? [] : droplet.tags.map(tagKey);
  return [nameKey(droplet.name), ...tags];
}

function nameKey(name: string): string {
  return `name ${name.toLowerCase()}`;
}

function tagKey(tag: string): string {
  return `tag ${tag.toLowerCase()}`;
}
