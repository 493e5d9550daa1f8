import { statSync } from 'node:fs';

/**
 * Watches over the directory as a whole: which directory it is, and in which one bots were last declared. git-sync
 * points it to another one at each commit, and a volume that is unmounted leaves another one behind; what tells the two
 * apart is whether there are bots in it.
 */
export class RootGuard {
  readonly #root: string;
  #known: string | undefined;

  /** `known`: the identity of the directory in which bots were last declared, as an earlier process stored it. */
  constructor(root: string, known: string | undefined) {
    this.#root = root;
    this.#known = known;
  }

  /** Which directory it is now, links followed; or why it cannot be looked at. */
  look(): { readonly identity: string } | { readonly failure: string } {
    try {
      const stats = statSync(this.#root, { bigint: true });
      if (!stats.isDirectory()) return { failure: `${this.#root} is not a directory` };
      // File systems give the number of a directory that was removed to the next one.
      return { identity: [stats.dev, stats.ino, stats.birthtimeNs].join(':') };
    } catch (error) {
      return {
        failure: `${this.#root} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      };
    }
  }

  /** Bots are declared in this one; true when it is another one than before. */
  inhabited(identity: string): boolean {
    const isNew = this.#known !== identity;
    this.#known = identity;
    return isNew;
  }

  /** What `inhabited` took in could not be stored. */
  forget(): void {
    this.#known = undefined;
  }

  /** No bot is declared in this one: why that is not to be taken for a decision; undefined where it may be one. */
  deserted(identity: string): string | undefined {
    if (this.#known === identity) return undefined;
    return `${this.#root} declares no bot and is not the directory in which bots were last seen: it was replaced, or its volume is not mounted`;
  }
}
