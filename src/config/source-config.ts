import { resolve } from 'node:path';
import { type CloudEnvironment, readCloudConfig } from './cloud-config.ts';
import type { KeyEnvironment } from './encryption-keys.ts';
import { type LastRun, type MongoNote, recallRun } from './last-run.ts';
import { isMongoDB, type MongoDBConfig, type MongoEnvironment, readMongoDBConfig } from './mongodb-config.ts';
import { existingStateFile } from './state-file.ts';
import { usageError } from './user-error.ts';

/** A directory that declares the bots, and the file of their state; absolute paths. */
export interface DirectoryConfig {
  readonly kind: 'directory';
  readonly directory: string;
  readonly stateFile: string;
}

/** Custom resources of a cluster, which also keeps their state. */
export interface KubernetesConfig {
  readonly kind: 'kubernetes';
  /** Absolute path; undefined: KUBECONFIG, the home directory's file, or the pod's own account. */
  readonly kubeconfig: string | undefined;
  /** Undefined: the current one. */
  readonly context: string | undefined;
  /** Where the lease and the fleet's record are kept; undefined: the pod's own, else clawfleet-system. */
  readonly controllerNamespace: string | undefined;
  /** Which are looked after, or looked at; undefined: all. */
  readonly namespaces: readonly string[] | undefined;
}

/** Where bots are declared and where their state is kept. */
export type SourceConfig = DirectoryConfig | KubernetesConfig | MongoDBConfig;

export interface SourceFlags {
  readonly source?: string;
  readonly state?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespaceOfController?: string;
  /** For those commands that look at many namespaces; comma-separated. */
  readonly watchNamespaces?: string;
  /** Of MongoDB: `bots=openclaw_bots,…`. */
  readonly collections?: string;
}

/** What surrounds the process. */
export interface Surroundings {
  readonly env: CloudEnvironment & KeyEnvironment & MongoEnvironment;
  readonly cwd: string;
}

/** The value of --source that stands for a cluster; a directory of that name is `./kubernetes`. */
export const kubernetesWord = 'kubernetes';

const labelPattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** For commands that only look at the source: no token needed. */
export function readSourceConfig(flags: SourceFlags, around: Surroundings): SourceConfig {
  return readSource(flags, around, (directory) => {
    const last = recallRun(around.cwd);
    if (last?.kind === 'directory' && last.directory === directory) return last.stateFile;
    const cloud = readCloudConfig({}, { ...around.env, DIGITALOCEAN_API_URL: apiURLWithToken(around.env) });
    return existingStateFile(directory, cloud, around.cwd);
  });
}

/** The source that the flags name, else that of the last run here. `stateOf` finds a directory's state file. */
export function readSource(
  flags: SourceFlags,
  { env, cwd }: Surroundings,
  stateOf: (directory: string) => string,
): SourceConfig {
  const last = recallRun(cwd);
  const kind = kindOf(flags, last);
  requireFitting(flags, kind);
  if (kind === 'kubernetes') return kubernetesOf(flags, last, cwd);
  if (kind === 'mongodb') return mongoDBOf(flags, last, { env, cwd });
  const directory = directoryOf(flags, last, cwd);
  const stateFile = flags.state ? resolve(cwd, flags.state) : stateOf(directory);
  return { kind: 'directory', directory, stateFile };
}

/** A DNS label; `flag` is named when it is none. */
export function parseNamespace(text: string, flag: string): string {
  if (labelPattern.test(text)) return text;
  throw usageError(
    `${flag} must name a namespace, got ${JSON.stringify(text)}.`,
    'Names of namespaces are lower-case letters, digits and dashes.',
  );
}

/** `a,b`: each once. Undefined: all of them. */
function parseNamespaces(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',').map((name) => parseNamespace(name.trim(), '--watch-namespaces'));
  return [...new Set(names)];
}

function kindOf(flags: SourceFlags, last: LastRun | undefined): SourceConfig['kind'] {
  const { source } = flags;
  if (source === kubernetesWord) return 'kubernetes';
  if (source !== undefined) return isMongoDB(source) ? 'mongodb' : 'directory';
  const namesCluster = (flags.context ?? flags.kubeconfig) !== undefined;
  return namesCluster ? 'kubernetes' : (last?.kind ?? 'directory');
}

const flagsOf = {
  directory: [['--state', 'state']],
  kubernetes: [
    ['--kubeconfig', 'kubeconfig'],
    ['--context', 'context'],
    ['--namespace-of-controller', 'namespaceOfController'],
    ['--watch-namespaces', 'watchNamespaces'],
  ],
  mongodb: [['--collections', 'collections']],
} as const;

const sourceWords = { directory: 'a directory', kubernetes: 'a cluster', mongodb: 'a MongoDB' } as const;

/** A flag of another kind of source is a mistake, not something to pass over. */
function requireFitting(flags: SourceFlags, kind: SourceConfig['kind']): void {
  for (const other of ['directory', 'kubernetes', 'mongodb'] as const) {
    const given = other === kind ? undefined : flagsOf[other].find(([, name]) => flags[name] !== undefined);
    if (!given) continue;
    throw usageError(
      `${given[0]} is for ${sourceWords[other]} as source, but this one is ${sourceWords[kind]}.`,
      'Leave it out (CLAWFLEET_STATE and CLAWFLEET_COLLECTIONS count, too), or give another --source.',
    );
  }
}

function mongoDBOf(flags: SourceFlags, last: LastRun | undefined, { env, cwd }: Surroundings): MongoDBConfig {
  const before = flags.source === undefined && last?.kind === 'mongodb' ? last : undefined;
  const { source, collections } = { ...before, ...definedOf(flags) };
  return readMongoDBConfig({ source, collections }, env, cwd);
}

function definedOf({ source, collections }: SourceFlags): Partial<MongoNote> {
  return { ...(source !== undefined && { source }), ...(collections !== undefined && { collections }) };
}

function kubernetesOf(flags: SourceFlags, last: LastRun | undefined, cwd: string): KubernetesConfig {
  // Another context or file is another cluster: nothing of the last run holds there.
  const isOther = (flags.context ?? flags.kubeconfig) !== undefined;
  const before = last?.kind === 'kubernetes' && !isOther ? last : undefined;
  const { namespaceOfController } = flags;
  return {
    kind: 'kubernetes',
    kubeconfig: flags.kubeconfig === undefined ? before?.kubeconfig : resolve(cwd, flags.kubeconfig),
    context: flags.context ?? before?.context,
    controllerNamespace:
      namespaceOfController === undefined
        ? before?.controllerNamespace
        : parseNamespace(namespaceOfController, '--namespace-of-controller'),
    namespaces: parseNamespaces(flags.watchNamespaces),
  };
}

function directoryOf(flags: SourceFlags, last: LastRun | undefined, cwd: string): string {
  if (flags.source !== undefined) return resolve(cwd, flags.source);
  if (last?.kind === 'directory') return last.directory;
  throw noSource('or start `clawfleet run --source DIRECTORY` here once');
}

export function noSource(hint: string): Error {
  return usageError(
    'No source is given: where are the bots declared?',
    `Pass --source DIRECTORY, --source kubernetes or --source mongodb, or set CLAWFLEET_SOURCE, ${hint}.`,
  );
}

/** An API URL without a token matters to nobody who only reads. */
function apiURLWithToken(env: CloudEnvironment): string | undefined {
  return env.DIGITALOCEAN_ACCESS_TOKEN ? env.DIGITALOCEAN_API_URL : undefined;
}
