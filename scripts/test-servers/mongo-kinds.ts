import { delimiter, join } from 'node:path';
import { downloadedMongod } from './downloaded-mongod.ts';
import { type Progress, terminalProgress } from './progress.ts';
import { MissingServersError } from './resolve.ts';
import { userCache } from './server-cache.ts';
import { sharedFolder, unpacked } from './shared-servers.ts';
import { programIn } from './test-servers.ts';

/** How to come by the server, as absolute paths or a connection string. */
export type MongoProgram =
  | { readonly kind: 'running'; readonly uri: string }
  | { readonly kind: 'mongod'; readonly command: string }
  | { readonly kind: 'ferretdb'; readonly command: string }
  | { readonly kind: 'java'; readonly command: string; readonly jar: string };

/** A MongoDB-compatible server for tests, and what may be asked of it. */
export interface MongoKind {
  /** For titles of tests. */
  readonly name: string;
  readonly program: MongoProgram;
  /** Has change streams that resume. */
  readonly streams: boolean;
  /** Of two compare-and-swaps at once only one wins. */
  readonly exactSwaps: boolean;
  /** Can be killed with -9 without losing an acknowledged write. */
  readonly durable: boolean;
}

export interface MongoSurroundings {
  /** The checkout. */
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly cache: string;
  readonly progress: Progress;
  readonly download: (cache: string, progress: Progress) => Promise<string>;
}

const ownSurroundings = (): MongoSurroundings => ({
  root: join(import.meta.dirname, '../..'),
  env: process.env,
  cache: userCache(process.env),
  progress: terminalProgress(process.stderr),
  download: downloadedMongod,
});

/**
 * The servers on which tests run: that of MONGODB_URI; else the two of ../shared/servers beside the checkout; else a
 * mongod from the cache or the official download. Throws a MissingServersError; without network within 3 s.
 */
export async function resolveMongoKinds(
  surroundings: Partial<MongoSurroundings> = {},
): Promise<readonly MongoKind[]> {
  const { root, env, cache, progress, download } = { ...ownSurroundings(), ...surroundings };
  const uri = env['MONGODB_URI'];
  // A server of others is not ours to kill.
  if (uri) return [{ ...mongod, durable: false, name: 'MONGODB_URI', program: { kind: 'running', uri } }];
  const shared = sharedFolder(root);
  if (shared) return sharedKinds(await unpacked(shared, cache), env);
  try {
    return [{ ...mongod, program: { kind: 'mongod', command: await download(cache, progress) } }];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `no MongoDB: MONGODB_URI is not set, and the download failed (${reason}).`;
    throw new MissingServersError(message, { cause: error });
  }
}

const mongod = { name: 'mongod', streams: true, exactSwaps: true, durable: true } as const;

function sharedKinds(directory: string, env: NodeJS.ProcessEnv): readonly MongoKind[] {
  const command = join(directory, 'ferretdb-test');
  const ferretdb: MongoKind = {
    name: 'FerretDB',
    program: { kind: 'ferretdb', command },
    streams: false,
    exactSwaps: false,
    durable: true,
  };
  const java = programIn((env['PATH'] ?? '').split(delimiter).filter(Boolean), 'java');
  if (java === undefined)
    throw new MissingServersError('mongo-test-server needs java, which is not in the PATH');
  const javaServer: MongoKind = {
    name: 'mongo-java-server',
    program: { kind: 'java', command: java, jar: join(directory, 'mongo-test-server.jar') },
    streams: true,
    exactSwaps: true,
    durable: false,
  };
  return [ferretdb, javaServer];
}
