import type { TagRecord } from './records.ts';

/**
 * Tags by their name in lower case. A tag keeps its first spelling for ever,
 * even across deletion and re-creation.
 */
export class TagRegistry {
  readonly #tags = new Map<string, TagRecord>();
  readonly #changed: (tag: TagRecord) => void;

  constructor(changed: (tag: TagRecord) => void) {
    this.#changed = changed;
  }

  ensure(name: string): TagRecord {
    const known = this.#tags.get(name.toLowerCase());
    if (known?.exists === true) return known;
    return this.restore({ name: known?.name ?? name, exists: true });
  }

  find(name: string): TagRecord | undefined {
    const tag = this.#tags.get(name.toLowerCase());
    return tag?.exists === true ? tag : undefined;
  }

  forget(tag: TagRecord): void {
    this.restore({ name: tag.name, exists: false });
  }

  restore(tag: TagRecord): TagRecord {
    this.#tags.set(tag.name.toLowerCase(), tag);
    this.#changed(tag);
    return tag;
  }

  /** How the tag is spelt. */
  spelling(name: string): string {
    return this.#tags.get(name.toLowerCase())?.name ?? name;
  }

  existing(): TagRecord[] {
    return this.all().filter(({ exists }) => exists);
  }

  all(): TagRecord[] {
    return [...this.#tags.values()];
  }
}
