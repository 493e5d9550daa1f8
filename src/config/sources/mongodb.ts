import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { withoutCredentials } from '../../kit/without-credentials.ts';
import { type CollectionNames, defaultCollections } from '../../model/collection-names.ts';
import { UserError, usageError } from '../user-error.ts';
import type { MongoEnvironment, SourceKind } from './source-kind.ts';

/** Documents of a MongoDB database, which also keeps their state. */
export interface MongoDBConfig {
  readonly kind: 'mongodb';
  /** A secret: it may hold a password. */
  readonly uri: string;
  readonly database: string;
  readonly collections: CollectionNames;
}

/** The value of --source that stands for MONGODB_URI; a directory of that name is `./mongodb`. */
const word = 'mongodb';

const scheme = /^mongodb(\+srv)?:\/\//;
const defaultDatabase = 'clawfleet';
const howTo =
  'As mongodb://USER:PASSWORD@HOST/DATABASE, best in MONGODB_URI or the file of MONGODB_URI_FILE.';

export const mongodbKind: SourceKind<MongoDBConfig> = {
  kind: 'mongodb',
  words: 'a MongoDB',
  flags: [['--collections', 'collections']],
  chosenBy: [],
  isShared: true,
  backUpAdvice: 'Use mongodump or a snapshot: bots, accounts and ledger belong together.',
  takes: (source) => source === word || scheme.test(source),
  /** Its errors show nothing of the connection string. */
  read({ flags, last, around: { env, cwd } }) {
    const before = flags.source === undefined ? last : undefined;
    const source = flags.source ?? before?.['source'] ?? word;
    const uri = source === word ? uriOf(env, cwd) : source;
    if (!scheme.test(uri))
      throw usageError('The connection string of MongoDB does not begin with mongodb://.', howTo);
    const collections = parseCollections(flags.collections ?? before?.['collections']);
    return { kind: 'mongodb', uri, database: databaseIn(uri), collections };
  },
  note({ uri, collections }) {
    const names = Object.entries(collections).map(([kind, name]) => `${kind}=${name}`);
    return { source: holdsSecret(uri) ? word : uri, collections: names.join(',') };
  },
  electsLeader(leaderElect) {
    if (leaderElect) return true;
    throw usageError(
      '--no-leader-elect is for a cluster: in a MongoDB, what is written carries the lease’s epoch.',
      'Leave it out.',
    );
  },
  location({ uri, database, collections }) {
    const server = withoutCredentials(uri).replace(/^([^/]*\/\/)(\*\*\*@)?([^/]*).*$/, '$1$3');
    const within = (collection: string) => `${server}/${database}, collection ${collection}`;
    return { source: within(collections.bots), state: within(collections.ledger) };
  },
  reachAdvice: () => '',
  within: (config) => config,
};

/** Whether the string holds what must not be written down. */
function holdsSecret(uri: string): boolean {
  return uri.includes('@') || /passw|token|authmechanism/i.test(uri);
}

function uriOf({ MONGODB_URI: uri, MONGODB_URI_FILE: file }: MongoEnvironment, cwd: string): string {
  if (uri) return uri.trim();
  if (file) return contentOf(resolve(cwd, file)).trim();
  throw usageError('Where is the MongoDB? Neither MONGODB_URI nor MONGODB_URI_FILE is set.', howTo);
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`MONGODB_URI_FILE cannot be read: ${reason}.`, howTo);
  }
}

/** What stands between the hosts and the options. */
function databaseIn(uri: string): string {
  const [, path = ''] = /^[^/]*\/\/[^/?]*\/([^?]*)/.exec(uri) ?? [];
  const name = decoded(path) || defaultDatabase;
  if (/^[^/\\. "$*<>:|?\0]{1,63}$/.test(name)) return name;
  throw usageError('The connection string names a database that MongoDB would not take.', howTo);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // Then its % is no name's either, but for the server to say.
  }
}

function parseCollections(text: string | undefined): CollectionNames {
  const names = { ...defaultCollections };
  for (const pair of (text ?? '').split(',').filter((part) => part.trim() !== '')) {
    const [, kind, name] = /^\s*([a-z]+)\s*=\s*(\S+)\s*$/.exec(pair) ?? [];
    if (!isKind(kind) || !isName(name)) throw badCollections(pair);
    names[kind] = name;
  }
  if (new Set(Object.values(names)).size < Object.keys(names).length)
    throw usageError(
      '--collections gives two kinds of documents the same collection.',
      'Each needs its own.',
    );
  return names;
}

function isKind(kind: string | undefined): kind is keyof CollectionNames {
  return kind !== undefined && Object.hasOwn(defaultCollections, kind);
}

function isName(name: string | undefined): name is string {
  return name !== undefined && /^(?!system\.)[A-Za-z_][\w.-]{0,100}$/.test(name);
}

function badCollections(pair: string): UserError {
  const kinds = Object.keys(defaultCollections).join(', ');
  return usageError(
    `--collections must be KIND=NAME, comma-separated, got ${JSON.stringify(pair.trim())}.`,
    `KIND is one of ${kinds}; a NAME as bots or openclaw.bots.`,
  );
}
