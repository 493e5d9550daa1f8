import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type ResourceKey, resourceKey } from '../../../model/resource-key.ts';
import type { Declaration } from '../declaration.ts';

/** Rises when parsing or validation changes its answers; then every file is parsed again. */
export const parserVersion = 3;

/**
 * What the files declared when last read, so that a restart parses only what has changed. Of a file with any
 * problem, warning or Secret only the names are of use (its digest is not kept), and no Secret is ever in here.
 */
export class FileTable {
  readonly #file: StatementSync;
  readonly #declarations: StatementSync;
  readonly #paths: StatementSync;
  readonly #putFile: StatementSync;
  readonly #putDeclaration: StatementSync;
  readonly #dropFile: StatementSync;
  readonly #dropDeclarations: StatementSync;

  constructor(db: DatabaseSync) {
    this.#file = db.prepare('SELECT 1 FROM files WHERE path = ? AND sha256 = ? AND parser = ?');
    this.#declarations = db.prepare(
      'SELECT kind, namespace, name, origin, spec FROM declarations WHERE path = ? ORDER BY place',
    );
    this.#paths = db.prepare('SELECT path FROM files');
    this.#putFile = db.prepare('INSERT OR REPLACE INTO files (path, sha256, parser) VALUES (?, ?, ?)');
    this.#putDeclaration = db.prepare(
      'INSERT INTO declarations (path, place, kind, namespace, name, origin, spec) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    this.#dropFile = db.prepare('DELETE FROM files WHERE path = ?');
    this.#dropDeclarations = db.prepare('DELETE FROM declarations WHERE path = ?');
  }

  /** What the file declares, when it is known to have exactly this content. */
  get(path: string, sha256: string): Declaration[] | undefined {
    return this.#file.get(path, sha256, parserVersion) && this.last(path);
  }

  /** What the file was last known to declare, whatever its content is now. */
  last(path: string): Declaration[] {
    return this.#declarations.all(path).map((row) => declarationOf(row as unknown as StoredDeclaration));
  }

  paths(): string[] {
    return this.#paths.all().map((row) => String(row['path']));
  }

  /** `sha256` is null when the content must be parsed again at the next start. */
  put(path: string, sha256: string | null, declarations: readonly Declaration[]): void {
    this.#dropDeclarations.run(path);
    this.#putFile.run(path, sha256, parserVersion);
    for (const [place, { kind, namespace, name, where, spec }] of declarations.entries()) {
      this.#putDeclaration.run(path, place, kind, namespace, name, where, spec ?? null);
    }
  }

  drop(path: string): void {
    this.#dropFile.run(path);
    this.#dropDeclarations.run(path);
  }
}

interface StoredDeclaration {
  readonly kind: Declaration['kind'];
  readonly namespace: string;
  readonly name: string;
  readonly origin: string;
  readonly spec: string | null;
}

function declarationOf(row: StoredDeclaration): Declaration {
  const { kind, namespace, name, origin, spec } = row;
  const key: ResourceKey = resourceKey(namespace, name);
  return { kind, key, namespace, name, where: origin, spec: spec ?? undefined, problems: [] };
}
