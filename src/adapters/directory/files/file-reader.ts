import { noProblems } from '../../../model/sharing/declare-record.ts';
import { type Declaration, type DeclarationID, declarationID } from '../declaration.ts';
import type { FileTable } from '../state/file-table.ts';
import type { FileEntry } from './declaration-index.ts';
import { type FileContent, parseFile, readManifestText } from './manifest-file.ts';

const noneKept: ReadonlySet<DeclarationID> = new Set();

/** What reading a file gave; `unchanged` when its content is that of the entry known before. */
export type FileReading =
  | { readonly outcome: 'moving' }
  | { readonly outcome: 'unchanged'; readonly stamp: FileEntry['stamp'] }
  | { readonly outcome: 'read'; readonly entry: FileEntry; readonly cached: boolean };

/** Reads manifest files, parsing only content that the cache does not know. */
export class FileReader {
  readonly #root: string;
  readonly #cache: FileTable | undefined;

  constructor(root: string, cache: FileTable | undefined) {
    this.#root = root;
    this.#cache = cache;
  }

  /** Throws what the file system throws. */
  read(path: string, before: FileEntry | undefined, seen: number): FileReading {
    const { bytes, sha256, stamp, steady } = readManifestText(this.#root, path);
    if (!steady) return { outcome: 'moving' };
    if (before?.sha256 === sha256) return { outcome: 'unchanged', stamp };
    const cached = this.#cache?.get(path, sha256);
    const content = cached ? plain(cached) : parseFile(bytes, path);
    const ids = content.declarations.map(({ kind, key }) => declarationID(kind, key));
    const { declarations: declared, warnings } = content;
    const base = { path, sha256, stamp, ids, declared, warnings, seen };
    const broken = content.problems.length > 0;
    const entry: FileEntry = broken
      ? {
          ...base,
          kept: this.#keptBy(path, before, ids),
          problems: content.problems,
          text: bytes.toString('utf8'),
          secrets: mergedSecrets(before?.secrets, content.secrets),
        }
      : { ...base, kept: noneKept, problems: noProblems, text: undefined, secrets: content.secrets };
    return { outcome: 'read', entry, cached: cached !== undefined };
  }

  /** The declarations of a file read before; undefined when it is not as it was. */
  declarations(entry: FileEntry): readonly Declaration[] | undefined {
    if (entry.declared) return entry.declared;
    try {
      const { bytes, sha256 } = readManifestText(this.#root, entry.path);
      if (sha256 !== entry.sha256) return undefined;
      entry.declared = this.#cache?.get(entry.path, sha256) ?? parseFile(bytes, entry.path).declarations;
      return entry.declared;
    } catch {
      // The next look tells what is the matter with the file.
      return undefined;
    }
  }

  /** Files that were there when they were last looked at, maybe by an earlier process. */
  knownPaths(): readonly string[] {
    return this.#cache?.paths() ?? [];
  }

  /** What the file declared when it was last read well, as far as it is not read now. */
  #keptBy(path: string, before: FileEntry | undefined, ids: readonly DeclarationID[]): Set<DeclarationID> {
    const known = before ? [...before.ids, ...before.kept] : this.#lastKnown(path);
    const kept = new Set(known);
    for (const id of ids) kept.delete(id);
    return kept;
  }

  #lastKnown(path: string): DeclarationID[] {
    return (this.#cache?.last(path) ?? []).map(({ kind, key }) => declarationID(kind, key));
  }
}

function plain(declarations: readonly Declaration[]): FileContent {
  return { declarations, secrets: undefined, problems: noProblems, warnings: noProblems };
}

function mergedSecrets(before: FileEntry['secrets'], now: FileEntry['secrets']): FileEntry['secrets'] {
  return before && now ? new Map([...before, ...now]) : (now ?? before);
}
