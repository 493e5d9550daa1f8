import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { FleetState } from '../../model/fleet-state.ts';
import { problemText } from '../../model/problem.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import { PortError } from '../../ports/port-error.ts';
import type { EditResult, FieldEdit, SourceEditor } from '../../ports/source-reader.ts';
import { type DeclarationID, declarationID, partsOf } from './declaration.ts';
import { editManifest } from './editing/edit-manifest.ts';
import { syncedClaims, workTreeOf } from './editing/synced-claim.ts';
import { createFile, replaceFile } from './editing/write-file-atomically.ts';
import { Declarations } from './files/declarations.ts';
import { isGone, parseFile } from './files/manifest-file.ts';
import { isManifestName } from './files/scan-tree.ts';
import { FileTable } from './state/file-table.ts';
import { fleetRow, updateFleet } from './state/fleet-table.ts';
import { openPresentState, requirePresentSchema } from './state/migrations.ts';
import { openForWriting, transaction } from './state/open-database.ts';
import { refusal, storeError } from './state/store-error.ts';

export interface EditorOptions {
  readonly directory: string;
  readonly stateFile: string;
}

/** Changes manifests in place and the fleet's record, beside a controller or without one. */
export function directoryEditor(options: EditorOptions): SourceEditor {
  const directory = resolve(options.directory);
  const stateFile = resolve(options.stateFile);
  return {
    edit: async (key, edits) => editBot({ directory, stateFile }, key, edits),
    claims: async () => syncedClaims(directory),
    editFleet: async (change) => editFleet(stateFile, change),
    add: async (manifest, name) => addManifest({ directory, stateFile }, manifest, name),
  };
}

function editBot(options: EditorOptions, key: ResourceKey, edits: readonly FieldEdit[]): EditResult {
  const id = declarationID('Bot', key);
  const path = placeOf(options, id);
  const where = join(options.directory, path);
  try {
    const text = readFileSync(where, 'utf8');
    const edited = editManifest(text, partsOf(id), edits, where);
    if (edited === text) return { where, changed: false };
    requireNoNewProblem(id, path, text, edited);
    if (readFileSync(where, 'utf8') !== text) {
      throw new PortError({ kind: 'conflict' }, `${where} was changed by someone else meanwhile: try again`);
    }
    replaceFile(where, edited);
    return { where, changed: true, ...toCommit(where) };
  } catch (error) {
    throw fileError(error, where);
  }
}

/** Nobody takes an edit out of a person's own work tree, but a checkout there does. */
function toCommit(file: string): Pick<EditResult, 'toDo'> {
  const tree = workTreeOf(file);
  return tree === undefined
    ? {}
    : { toDo: `Commit it in ${tree}: a checkout there puts the former value back.` };
}

/** The one file that declares it; refuses when there is none, or more than one. */
function placeOf(options: EditorOptions, id: DeclarationID): string {
  const declarations = lookAt(options);
  const [path, ...others] = declarations.filesOf(id);
  const { kind, key } = partsOf(id);
  if (path !== undefined && others.length === 0) return path;
  if (path !== undefined) {
    throw refusal(
      'Repeated',
      `${kind} ${key} is declared more than once, in ${[path, ...others].join(', ')}`,
    );
  }
  const problems = declarations.problems().map(problemText);
  const hint = problems.length > 0 ? `; not all could be read: ${problems.join('; ')}` : '';
  throw new PortError({ kind: 'absent' }, `${kind} ${key} is not declared below ${options.directory}${hint}`);
}

/** Everything declared now; refuses a directory that cannot be read. */
function lookAt({ directory, stateFile }: EditorOptions): Declarations {
  const db = openPresentState(stateFile);
  try {
    const declarations = new Declarations(directory, db && new FileTable(db));
    const steps = declarations.look(true);
    while (!steps.next().done);
    const failure = declarations.failure();
    if (failure !== undefined) throw new PortError({ kind: 'unavailable' }, failure);
    return declarations;
  } finally {
    db?.close();
  }
}

/** A value that the rules refuse must not get into the file. */
function requireNoNewProblem(id: DeclarationID, path: string, before: string, after: string): void {
  const problemsOf = (text: string) => {
    const { declarations, problems } = parseFile(Buffer.from(text), path);
    const own = declarations.filter(({ kind, key }) => declarationID(kind, key) === id);
    return [...problems, ...own.flatMap((one) => one.problems)];
  };
  const known = new Set(problemsOf(before).map(({ field, rule }) => `${field} ${rule}`));
  const [added] = problemsOf(after).filter(({ field, rule }) => !known.has(`${field} ${rule}`));
  if (added) throw refusal('Invalid', problemText(added));
}

function addManifest(options: EditorOptions, manifest: string, name: string): EditResult {
  const base = `${name}.yaml`;
  if (!isManifestName(base) || base.includes('/')) throw refusal('Invalid', `${name} cannot name a file`);
  const { declarations, problems } = parseFile(Buffer.from(manifest), base);
  const [problem] = [...problems, ...declarations.flatMap((one) => one.problems)];
  if (problem) throw refusal('Invalid', problemText(problem));
  if (declarations.length === 0) throw refusal('Invalid', `${base}: declares nothing`);
  const present = lookAt(options);
  for (const { kind, key } of declarations) {
    const [path] = present.filesOf(declarationID(kind, key));
    if (path !== undefined) throw refusal('Repeated', `${kind} ${key} is declared already, in ${path}`);
  }
  const where = join(options.directory, base);
  try {
    createFile(where, manifest);
    return { where, changed: true, ...toCommit(where) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fileError(error, where);
    throw refusal('Exists', `${where} exists already`, error);
  }
}

function editFleet(stateFile: string, change: (state: FleetState) => FleetState): FleetState {
  if (!existsSync(stateFile)) {
    throw new PortError({ kind: 'absent' }, `${stateFile} does not exist: no controller has run with it yet`);
  }
  const db = openForWriting(stateFile, 'FULL');
  try {
    requirePresentSchema(db, stateFile);
    return transaction(db, () => {
      const row = fleetRow(db);
      if (!row) throw new PortError({ kind: 'absent' }, `${stateFile} holds no fleet yet`);
      const state = change(row.state);
      if (!updateFleet(db, state, row.version)) {
        throw new PortError({ kind: 'conflict' }, `the fleet’s record in ${stateFile} has moved on`);
      }
      return state;
    });
  } catch (error) {
    throw storeError(error, `write ${stateFile}`);
  } finally {
    db.close();
  }
}

function fileError(error: unknown, file: string): PortError {
  if (error instanceof PortError) return error;
  const cause = error instanceof Error ? error.message : String(error);
  const kind = isGone(error) ? 'absent' : 'unavailable';
  return new PortError({ kind }, `cannot edit ${file}: ${cause}`, { cause: error });
}
