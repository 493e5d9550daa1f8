import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { holdsSecret, type MongoDBConfig, mongodbWord } from './mongodb-config.ts';
import type { DirectoryConfig, KubernetesConfig, SourceConfig } from './source-config.ts';
import { stateDirectory } from './state-file.ts';

/** What is kept of a MongoDB: no connection string that holds a password. */
export interface MongoNote {
  /** As for --source. */
  readonly source: string;
  /** As for --collections. */
  readonly collections: string;
}

export type LastRun = DirectoryConfig | KubernetesConfig | (MongoNote & { readonly kind: 'mongodb' });

const fileName = 'last-run.json';

/** Notes what `run` was given here, so that the other commands need not be told again. */
export function rememberRun(source: SourceConfig, cwd: string): void {
  mkdirSync(join(cwd, stateDirectory), { recursive: true });
  writeFileSync(join(cwd, stateDirectory, fileName), `${JSON.stringify(noteOf(source))}\n`);
}

/** Undefined when nothing ran here, or when the note makes no sense. */
export function recallRun(cwd: string): LastRun | undefined {
  const file = join(cwd, stateDirectory, fileName);
  if (!existsSync(file)) return undefined;
  const note = parsed(readFileSync(file, 'utf8'));
  if (note?.['kind'] === 'kubernetes') return clusterOf(note);
  if (note?.['kind'] === 'mongodb') return mongoOf(note);
  const directory = textOf(note, 'directory');
  const stateFile = textOf(note, 'stateFile');
  if (directory === undefined || stateFile === undefined) return undefined;
  return { kind: 'directory', directory, stateFile };
}

function noteOf(source: SourceConfig): LastRun {
  return source.kind === 'mongodb' ? mongoNote(source) : source;
}

function mongoNote({ uri, collections }: MongoDBConfig): LastRun {
  const names = Object.entries(collections).map(([kind, name]) => `${kind}=${name}`);
  return { kind: 'mongodb', source: holdsSecret(uri) ? mongodbWord : uri, collections: names.join(',') };
}

function mongoOf(note: Record<string, unknown>): LastRun {
  return {
    kind: 'mongodb',
    source: textOf(note, 'source') ?? mongodbWord,
    collections: textOf(note, 'collections') ?? '',
  };
}

function clusterOf(note: Record<string, unknown>): LastRun {
  return {
    kind: 'kubernetes',
    kubeconfig: textOf(note, 'kubeconfig'),
    context: textOf(note, 'context'),
    controllerNamespace: textOf(note, 'controllerNamespace'),
    namespaces: undefined,
  };
}

function textOf(note: Record<string, unknown> | undefined, field: string): string | undefined {
  const value = note?.[field];
  return typeof value === 'string' ? value : undefined;
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined; // A note cut short by a crash: as good as none.
  }
}
