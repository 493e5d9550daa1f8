import { readCloudConfig } from './cloud-config.ts';
import { recallRun, storeRun } from './last-run.ts';
import { type DirectoryConfig, directoryKind } from './sources/directory.ts';
import { type KubernetesConfig, kubernetesKind } from './sources/kubernetes.ts';
import { type MongoDBConfig, mongodbKind } from './sources/mongodb.ts';
import type { SourceFlags, SourceKind, SourceLocation, Surroundings } from './sources/source-kind.ts';
import { existingStateFile } from './state-file.ts';
import { usageError } from './user-error.ts';

/** Where bots are declared and where their state is kept. */
export type SourceConfig = DirectoryConfig | KubernetesConfig | MongoDBConfig;

/** Every kind of source; the directory is last, since it takes what no other kind does. */
const sourceKinds: readonly SourceKind<SourceConfig>[] = [kubernetesKind, mongodbKind, directoryKind];

export function kindOf({ kind }: SourceConfig): SourceKind<SourceConfig> {
  return sourceKinds.find((each) => each.kind === kind) ?? directoryKind;
}

/** Where bots are declared and where the fleet's state is, in words for people. */
export function sourceLocation(config: SourceConfig): SourceLocation {
  return kindOf(config).location(config);
}

/** Notes the source that `run` was given here, so that the other commands need not be given it again. */
export function rememberRun(config: SourceConfig, cwd: string): void {
  storeRun({ kind: config.kind, note: kindOf(config).note(config) }, cwd);
}

/** For commands that only look at the source: no token needed. */
export function readSourceConfig(flags: SourceFlags, around: Surroundings): SourceConfig {
  return readSource(flags, around, (directory) => {
    const last = recallRun(around.cwd);
    if (last?.kind === directoryKind.kind && last.note['directory'] === directory) {
      const stateFile = last.note['stateFile'];
      if (stateFile !== undefined) return stateFile;
    }
    // An API URL without a token means nothing to a command that only reads.
    const { DIGITALOCEAN_ACCESS_TOKEN: token, DIGITALOCEAN_API_URL: url } = around.env;
    const cloud = readCloudConfig({}, { ...around.env, DIGITALOCEAN_API_URL: token ? url : undefined });
    return existingStateFile(directory, cloud, around.cwd);
  });
}

/** The source that the flags name, else that of the last run here. `stateOf` finds a directory's state file. */
export function readSource(
  flags: SourceFlags,
  around: Surroundings,
  stateOf: (directory: string) => string,
): SourceConfig {
  const last = recallRun(around.cwd);
  const kind = chosenKind(flags, last?.kind);
  requireFitting(flags, kind);
  const note = last?.kind === kind.kind ? last.note : undefined;
  return kind.read({ flags, last: note, around, stateOf });
}

function chosenKind(flags: SourceFlags, last: string | undefined): SourceKind<SourceConfig> {
  const { source } = flags;
  const isChosen = ({ takes, chosenBy }: SourceKind<SourceConfig>) =>
    source === undefined ? chosenBy.some((name) => flags[name] !== undefined) : takes(source);
  const byLastRun = () => sourceKinds.find(({ kind }) => kind === last);
  return sourceKinds.find(isChosen) ?? byLastRun() ?? directoryKind;
}

/** A flag of another kind of source is a mistake, not something to ignore. */
function requireFitting(flags: SourceFlags, kind: SourceKind<SourceConfig>): void {
  for (const other of sourceKinds) {
    const given = other === kind ? undefined : other.flags.find(([, name]) => flags[name] !== undefined);
    if (!given) continue;
    throw usageError(
      `${given[0]} is for ${other.words} as source, but this one is ${kind.words}.`,
      'Leave it out (CLAWFLEET_STATE and CLAWFLEET_COLLECTIONS count, too), or give another --source.',
    );
  }
}
