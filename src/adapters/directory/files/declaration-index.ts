import type { Problem } from '../../../model/problem.ts';
import { type Declaration, type DeclarationID, partsOf } from '../declaration.ts';
import type { FileStamp, SecretDeclaration } from './manifest-file.ts';

/** What is known of one file. */
export interface FileEntry {
  readonly path: string;
  readonly sha256: string;
  /** What it declares; an id stands twice when it is declared twice. */
  readonly ids: readonly DeclarationID[];
  /** What it may still declare in the part that cannot be read. */
  kept: ReadonlySet<DeclarationID>;
  /** Problems of the file, not of a single Bot or Account in it. */
  readonly problems: readonly Problem[];
  /** What was passed over in it, which is none of clawfleet’s. */
  readonly warnings: readonly Problem[];
  /** Kept of a file with problems: a name not found in it is not hidden in it. */
  readonly text: string | undefined;
  readonly secrets: ReadonlyMap<string, readonly SecretDeclaration[]> | undefined;
  stamp: FileStamp;
  /** Present while a look is under way, and for as long as the owner of the index wants. */
  declared: readonly Declaration[] | undefined;
  /** Number of the last look that found the file. */
  seen: number;
}

/** Which files there are, and in which of them a name is declared or may be. */
export class DeclarationIndex {
  readonly files = new Map<string, FileEntry>();
  readonly #owners = new Map<DeclarationID, FileEntry | readonly FileEntry[]>();
  readonly #broken = new Set<FileEntry>();
  readonly #warned = new Set<FileEntry>();
  readonly #withSecrets = new Set<FileEntry>();

  put(entry: FileEntry): void {
    this.remove(entry.path);
    this.files.set(entry.path, entry);
    for (const id of entry.ids) this.#owners.set(id, joined(this.#owners.get(id), entry));
    if (entry.problems.length > 0) this.#broken.add(entry);
    if (entry.warnings.length > 0) this.#warned.add(entry);
    if (entry.secrets) this.#withSecrets.add(entry);
  }

  remove(path: string): void {
    const entry = this.files.get(path);
    if (!entry) return;
    this.files.delete(path);
    this.#broken.delete(entry);
    this.#warned.delete(entry);
    this.#withSecrets.delete(entry);
    for (const id of entry.ids) {
      const left = this.owners(id).filter((owner) => owner !== entry);
      if (left.length > 0) this.#owners.set(id, left);
      else this.#owners.delete(id);
    }
  }

  /** Whether any bot is declared, or may be in a part that cannot be read. */
  declaresBot(): boolean {
    for (const { ids, kept } of this.files.values())
      for (const id of [...ids, ...kept]) if (partsOf(id).kind === 'Bot') return true;
    return false;
  }

  /** The files that declare it, one of them twice if it does so twice. */
  owners(id: DeclarationID): readonly FileEntry[] {
    const owners = this.#owners.get(id);
    if (owners === undefined) return [];
    return Array.isArray(owners) ? owners : [owners as FileEntry];
  }

  /** The files with problems that held it when they were last read well. */
  keepers(id: DeclarationID): readonly FileEntry[] {
    return [...this.#broken].filter((entry) => entry.kept.has(id));
  }

  withSecrets(): readonly FileEntry[] {
    return [...this.#withSecrets];
  }

  /** The files with problems, in the order of their paths. */
  broken(): readonly FileEntry[] {
    return [...this.#broken].sort(byPath);
  }

  /** The files in which something was passed over, in the order of their paths. */
  warned(): readonly FileEntry[] {
    return [...this.#warned].sort(byPath);
  }
}

function joined(present: FileEntry | readonly FileEntry[] | undefined, entry: FileEntry) {
  return present === undefined ? entry : [present, entry].flat();
}

function byPath(a: FileEntry, b: FileEntry): number {
  return a.path < b.path ? -1 : 1;
}
