import type { Problem } from '../../../model/problem.ts';
import { noProblems } from '../../../model/sharing/declare-record.ts';
import {
  type Declaration,
  type DeclarationID,
  type Declared,
  declarationID,
  partsOf,
} from '../declaration.ts';
import type { FileTable } from '../state/file-table.ts';
import { DeclarationIndex, type FileEntry } from './declaration-index.ts';
import { FileReader } from './file-reader.ts';
import {
  type FileStamp,
  isGone,
  type SecretDeclaration,
  sameStamp,
  stampOf,
  unreadableProblem,
} from './manifest-file.ts';
import { RootGuard } from './root-guard.ts';
import { type Scan, ScanUnderWay } from './scan.ts';
import { scanTree } from './scan-tree.ts';

/** What the manifest files below a directory declare, brought up to date by looks. */
export class Declarations {
  readonly #index = new DeclarationIndex();
  readonly #root: string;
  readonly #reader: FileReader;
  readonly #guard: RootGuard;
  /** Names to be judged by the next complete look. */
  readonly #doubtful = new Set<DeclarationID>();
  /** Names that the last complete look did not find. */
  readonly #missed = new Set<DeclarationID>();
  #number = 0;
  #lookedOnce = false;
  #unreadable: readonly Problem[] = noProblems;
  #failure: string | undefined;

  /** `inhabited`: identity of the root in which bots were last declared, as stored. */
  constructor(root: string, cache: FileTable | undefined, inhabited?: string) {
    this.#root = root;
    this.#reader = new FileReader(root, cache);
    this.#guard = new RootGuard(root, inhabited);
  }

  /** Problems of files and places as of the last looks. */
  problems(): readonly Problem[] {
    return [...this.#unreadable, ...this.#index.broken().flatMap((entry) => entry.problems)];
  }

  /** What was passed over as of the last looks: it hides no declaration. */
  warnings(): readonly Problem[] {
    return this.#index.warned().flatMap((entry) => entry.warnings);
  }

  /** Why the directory as a whole could not be looked at. */
  failure(): string | undefined {
    return this.#failure;
  }

  /** Every place in which a Secret is declared. */
  secrets(key: string): readonly SecretDeclaration[] {
    return this.#index.withSecrets().flatMap((entry) => entry.secrets?.get(key) ?? []);
  }

  /** The files that declare it, one of them twice if it does so twice. */
  filesOf(id: DeclarationID): readonly string[] {
    return this.#index.owners(id).map(({ path }) => path);
  }

  /** Whether names wait for the next complete look. */
  unsettled(): boolean {
    return this.#doubtful.size > 0;
  }

  /** Has the next complete look judge these too. */
  suspect(ids: Iterable<DeclarationID>): void {
    for (const id of ids) this.#doubtful.add(id);
  }

  /** Drops what is only of use while a look is taken in. */
  rest(): void {
    for (const entry of this.#index.files.values()) entry.declared = undefined;
  }

  /** Undoes that a look was taken in, where its outcome could not be stored: the next one reads anew. */
  forget(look: Scan): void {
    for (const { path } of look.changedFiles) {
      const entry = this.#index.files.get(path);
      if (entry) this.#index.put({ ...entry, sha256: '', stamp: neverSeen });
    }
    if (look.root !== undefined) this.#guard.forget();
    this.suspect(look.touched);
  }

  /**
   * Looks at every file, reading those whose stamp has changed, or with `deep` all of them. Pauses now and
   * then; it tells nothing before its end.
   */
  *look(deep: boolean): Generator<undefined, Scan> {
    const look = new ScanUnderWay(false);
    const number = ++this.#number;
    const toRead: string[] = [];
    const before = this.#guard.look();
    yield* scanTree(this.#root, {
      directory: (path) => look.directories.push(path),
      file: (path, stats) => {
        const entry = this.#index.files.get(path);
        if (entry) entry.seen = number;
        if (deep || !entry || !sameStamp(entry.stamp, stampOf(stats))) toRead.push(path);
      },
      unreadable: (path, error) => look.unreadable(unreadableProblem(path || this.#root, error)),
      vanished: () => look.moved(),
    });
    const after = this.#guard.look();
    for (const path of toRead) {
      this.#read(path, look, number);
      yield;
    }
    this.#failure = 'failure' in after ? after.failure : undefined;
    this.#unreadable = look.problems.length > 0 ? look.problems : noProblems;
    if ('failure' in after) look.complete = false;
    else if (!('identity' in before) || before.identity !== after.identity) look.moved();
    if (look.complete) this.#removeUnseen(number, look);
    if (look.complete && 'identity' in after) this.#judgeRoot(after.identity, look);
    for (const id of this.#doubtful) look.touched.add(id);
    this.#doubtful.clear();
    // A glance in one of the pauses may have read a file once more.
    look.changedFiles = look.changedFiles.filter((entry) => this.#index.files.get(entry.path) === entry);
    return look;
  }

  /** Reads only these files, at once. Whatever is not plain from them alone is left to the next look. */
  glance(paths: Iterable<string>): Scan {
    const look = new ScanUnderWay(true);
    for (const path of paths) this.#read(path, look, this.#number);
    if (look.problems.length > 0) look.again = true;
    return look;
  }

  /** What is known of `id` after `look`; undefined when only a later look can tell. */
  resolve(id: DeclarationID, look: Scan): Declared | undefined {
    const owners = this.#index.owners(id);
    const declared =
      owners.length === 0 ? this.#resolveAbsent(id, look) : this.#resolvePresent(id, owners, look);
    if (!declared) this.#doubtful.add(id);
    return declared;
  }

  #resolvePresent(id: DeclarationID, owners: readonly FileEntry[], look: Scan): Declared | undefined {
    this.#missed.delete(id);
    // A bot on its way from one file to another is declared in both for a moment.
    if (look.glance && owners.length > 1) return undefined;
    const found: Declaration[] = [];
    for (const owner of new Set(owners)) {
      const declarations = this.#reader.declarations(owner);
      if (!declarations) return undefined;
      found.push(...declarations.filter((one) => declarationID(one.kind, one.key) === id));
    }
    const [first, second] = found;
    if (first && !second) return { state: 'once', declaration: first };
    return first && { state: 'repeated', places: found.map(({ where }) => where).sort() };
  }

  #resolveAbsent(id: DeclarationID, look: Scan): Declared | undefined {
    const keepers = this.#index.keepers(id);
    if (keepers.length > 0) return obscuredBy(keepers);
    if (!look.complete) return undefined;
    const { name } = partsOf(id);
    // It may have been moved into a file that does not parse.
    const mentioning = this.#index.broken().filter((entry) => mentions(entry.text, name));
    for (const entry of mentioning) entry.kept = new Set(entry.kept).add(id);
    if (mentioning.length > 0) return obscuredBy(mentioning);
    // A file moved while the tree is walked can be missed at both places, but hardly twice.
    if (this.#missed.delete(id)) return { state: 'gone', wholesale: look.deserted };
    this.#missed.add(id);
    return undefined;
  }

  #read(path: string, look: ScanUnderWay, number: number): void {
    const before = this.#index.files.get(path);
    try {
      const reading = this.#reader.read(path, before, number);
      if (reading.outcome === 'moving') look.moved();
      else if (reading.outcome === 'read') this.#take(reading.entry, before, reading.cached, look);
      else if (before) before.stamp = reading.stamp;
    } catch (error) {
      if (isGone(error)) look.moved();
      else look.unreadable(unreadableProblem(path, error));
    }
  }

  #take(entry: FileEntry, before: FileEntry | undefined, cached: boolean, look: ScanUnderWay): void {
    // A glance may see half a file: only a look takes a broken one for what it is.
    if (look.glance && entry.problems.length > 0) {
      look.moved();
      return;
    }
    this.#index.put(entry);
    if (!cached) look.changedFiles.push(entry);
    look.touch(entry);
    if (before) look.touch(before);
  }

  #judgeRoot(identity: string, look: ScanUnderWay): void {
    if (!this.#index.declaresBot()) look.deserted = this.#guard.deserted(identity);
    else if (this.#guard.inhabited(identity)) look.root = identity;
  }

  #removeUnseen(number: number, look: ScanUnderWay): void {
    for (const entry of this.#index.files.values()) {
      if (entry.seen === number) continue;
      this.#index.remove(entry.path);
      look.removedFiles.push(entry.path);
      look.touch(entry);
    }
    if (this.#lookedOnce) return;
    this.#lookedOnce = true;
    const stale = this.#reader.knownPaths().filter((path) => !this.#index.files.has(path));
    look.removedFiles.push(...stale);
  }
}

const neverSeen: FileStamp = { size: -1, mtimeMs: 0, ctimeMs: 0, ino: 0 };

/** Whether the name stands in the text as a word of its own. */
function mentions(text: string | undefined, name: string): boolean {
  const word = name.replace(/[^A-Za-z0-9-]/g, '\\$&');
  return text !== undefined && new RegExp(`(?<![A-Za-z0-9.-])${word}(?![A-Za-z0-9.-])`).test(text);
}

function obscuredBy(entries: readonly FileEntry[]): Declared {
  return { state: 'obscured', problems: entries.flatMap((entry) => entry.problems) };
}
