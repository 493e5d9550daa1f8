import type { Problem } from '../../../model/problem.ts';
import type { DeclarationID } from '../declaration.ts';
import type { FileEntry } from './declaration-index.ts';

/** What a look at the files found. */
export interface Scan {
  /** Everything was read: what was not found is not there. */
  readonly complete: boolean;
  /** It read some files only, and decides nothing but the plain cases. */
  readonly glance: boolean;
  /** Something moved meanwhile: look again soon. */
  readonly again: boolean;
  /** Names whose declaration may have changed. */
  readonly touched: ReadonlySet<DeclarationID>;
  /** Secrets whose content may have changed, by `namespace/name`. */
  readonly secrets: ReadonlySet<string>;
  readonly changedFiles: readonly FileEntry[];
  readonly removedFiles: readonly string[];
  readonly directories: readonly string[];
  /** Identity of the root, where it is the first time that bots are found in this one. */
  readonly root: string | undefined;
  /** Why it is no decision that no bot at all is declared; undefined where some are, or it may be one. */
  readonly deserted: string | undefined;
}

/** A look under way. */
export class ScanUnderWay implements Scan {
  readonly glance: boolean;
  readonly touched = new Set<DeclarationID>();
  readonly secrets = new Set<string>();
  changedFiles: FileEntry[] = [];
  readonly removedFiles: string[] = [];
  readonly directories: string[] = [];
  readonly problems: Problem[] = [];
  root: string | undefined;
  deserted: string | undefined;
  complete: boolean;
  again = false;

  constructor(glance: boolean) {
    this.glance = glance;
    this.complete = !glance;
  }

  /** Notes everything that the file declares or may declare. */
  touch({ ids, kept, secrets }: FileEntry): void {
    for (const id of ids) this.touched.add(id);
    for (const id of kept) this.touched.add(id);
    for (const key of secrets?.keys() ?? []) this.secrets.add(key);
  }

  moved(): void {
    this.complete = false;
    this.again = true;
  }

  unreadable(problem: Problem): void {
    this.complete = false;
    this.problems.push(problem);
  }
}
