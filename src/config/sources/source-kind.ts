import type { CloudEnvironment } from '../cloud-config.ts';
import type { KeyEnvironment } from '../encryption-keys.ts';
import { usageError } from '../user-error.ts';

export interface SourceFlags {
  readonly source?: string;
  readonly state?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespaceOfController?: string;
  /** For those commands that look at many namespaces; comma-separated. */
  readonly watchNamespaces?: string;
  /** MongoDB's: `bots=openclaw_bots,…`. */
  readonly collections?: string;
}

/** The environment variables that hold the connection string for --source mongodb. */
export interface MongoEnvironment {
  readonly MONGODB_URI?: string | undefined;
  /** A file with the connection string, as a mounted secret is. */
  readonly MONGODB_URI_FILE?: string | undefined;
}

/** What surrounds the process. */
export interface Surroundings {
  readonly env: CloudEnvironment & KeyEnvironment & MongoEnvironment;
  readonly cwd: string;
}

/** What is remembered of the source of the last run; never a secret. */
export type SourceNote = Readonly<Record<string, string | undefined>>;

export interface SourceRequest {
  readonly flags: SourceFlags;
  /** The note of the last run here, if that had this kind of source. */
  readonly last: SourceNote | undefined;
  readonly around: Surroundings;
  /** Finds the state file of a directory. */
  readonly stateOf: (directory: string) => string;
}

/** Where bots are declared and where the fleet's state is, in words for people. */
export interface SourceLocation {
  readonly source: string;
  readonly state: string;
}

/**
 * Everything that flags and messages know of one kind of source. What opens it is its SourceOpener (src/compose/sources);
 * a further kind is one file here, one there, and a line in both lists.
 */
export interface SourceKind<Config extends { readonly kind: string } = { readonly kind: string }> {
  readonly kind: Config['kind'];
  /** As a sentence calls it, such as `a directory`. */
  readonly words: string;
  /** The flags that no other kind has. */
  readonly flags: readonly (readonly [flag: string, name: keyof SourceFlags])[];
  /** Those of them that choose this kind where --source is missing. */
  readonly chosenBy: readonly (keyof SourceFlags)[];
  /** Several people or processes work with it: it gets no simulated cloud by accident. */
  readonly isShared: boolean;
  /** How its state is backed up where that is not a file of ours. */
  readonly backUpAdvice: string | undefined;
  /** Whether this value of --source means it; the directory takes what no other kind does. */
  takes(source: string): boolean;
  /** Throws a UserError that names the flag and says how to mend it. */
  read(request: SourceRequest): Config;
  note(config: Config): SourceNote;
  /** Whether only the holder of a lease acts. Throws a UserError where that cannot be switched off. */
  electsLeader(leaderElect: boolean): boolean;
  location(config: Config): SourceLocation;
  /** How the controller's own port is reached from elsewhere, as a sentence with a space after it; empty: directly. */
  reachAdvice(config: Config): string;
  /** The source, looked at in these namespaces alone (undefined: all) where it can be looked at in part. */
  within(config: Config, namespaces: readonly string[] | undefined): Config;
}

export function noSource(hint: string): Error {
  return usageError(
    'No source is given: where are the bots declared?',
    `Pass --source DIRECTORY, --source kubernetes or --source mongodb, or set CLAWFLEET_SOURCE, ${hint}.`,
  );
}
