import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isManifestName } from './scan-tree.ts';

export interface WatchListener {
  /** Names of no manifest that are not worth a look wherever they change, such as the state file's. */
  ignores(name: string): boolean;
  /** That manifest file changed, came or went; its path is relative to the root. */
  file(path: string): void;
  /** Something else changed that may bear on what is declared. */
  tree(): void;
  /** A place cannot be watched: only regular looks will tell what changes there. */
  failed(place: string, error: unknown): void;
}

/**
 * Watches each directory of the tree by itself, which costs one watch a directory whatever the number of
 * files, and the root's parent, so that a root which is a symbolic link may be pointed elsewhere.
 */
export class DirectoryWatcher {
  readonly #root: string;
  readonly #listener: WatchListener;
  readonly #watchers = new Map<string, FSWatcher>();
  #parent: FSWatcher | undefined;

  constructor(root: string, listener: WatchListener) {
    this.#root = root;
    this.#listener = listener;
    const name = basename(root);
    this.#parent = this.#open(dirname(root), (changed) => {
      if (changed !== name) return;
      this.#closeAll();
      listener.tree();
    });
  }

  /** Watches exactly these directories from now on; true when some are new. */
  update(directories: readonly string[]): boolean {
    const wanted = new Set(directories);
    for (const path of this.#watchers.keys()) if (!wanted.has(path)) this.#close(path);
    let added = false;
    for (const path of wanted) {
      if (this.#watchers.has(path)) continue;
      const watcher = this.#open(join(this.#root, path), (name) => this.#changed(path, name));
      if (!watcher) continue;
      watcher.on('error', () => this.#close(path));
      this.#watchers.set(path, watcher);
      added = true;
    }
    return added;
  }

  close(): void {
    this.#parent?.close();
    this.#parent = undefined;
    this.#closeAll();
  }

  #open(directory: string, changed: (name: string | null) => void): FSWatcher | undefined {
    try {
      const watcher = watch(directory, { persistent: false }, (_event, name) => changed(name));
      watcher.on('error', (error) => this.#listener.failed(directory, error));
      return watcher;
    } catch (error) {
      this.#listener.failed(directory, error);
      return undefined;
    }
  }

  #changed(directory: string, name: string | null): void {
    if (name !== null && isManifestName(name)) {
      this.#listener.file(directory === '' ? name : `${directory}/${name}`);
    } else if (name === null || !this.#isIrrelevant(name)) {
      this.#listener.tree();
    }
    // A directory's own end is told under its own name: it is watched anew if it comes back.
    if (name === basename(directory)) this.#close(directory);
  }

  /** `..data` is what a mounted ConfigMap switches; other hidden names are editors' and git's. */
  #isIrrelevant(name: string): boolean {
    return this.#listener.ignores(name) || (name.startsWith('.') && !name.startsWith('..'));
  }

  #close(path: string): void {
    this.#watchers.get(path)?.close();
    this.#watchers.delete(path);
  }

  #closeAll(): void {
    for (const path of [...this.#watchers.keys()]) this.#close(path);
  }
}
