import { join, resolve } from 'node:path';
import { downloaded } from './download.ts';
import { envtestIndex } from './envtest-index.ts';
import { type Progress, terminalProgress } from './progress.ts';
import { completeIn, userCache } from './server-cache.ts';
import { sharedFolder, unpacked } from './shared-servers.ts';
import { lackingIn, serversIn, type TestServers } from './test-servers.ts';

export interface Surroundings {
  /** The checkout. */
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly cache: string;
  readonly indexURL: string;
  readonly progress: Progress;
}

/** No source has the programs; the message tells of each why not, and what to do. */
export class MissingServersError extends Error {
  override readonly name = 'MissingServersError';
}

const ownSurroundings = (): Surroundings => ({
  root: join(import.meta.dirname, '../..'),
  env: process.env,
  cache: userCache(process.env),
  indexURL: envtestIndex,
  progress: terminalProgress(process.stderr),
});

/**
 * Where etcd, kube-apiserver and kubectl are: in KUBEBUILDER_ASSETS, in ../shared/servers beside the checkout, in
 * the user's cache (where a Go build goes, too), or in the official archive, which is downloaded to the cache.
 * Throws a MissingServersError; without network within 3 s.
 */
export async function resolveTestServers(surroundings: Partial<Surroundings> = {}): Promise<TestServers> {
  const around = { ...ownSurroundings(), ...surroundings };
  const directory = await directoryOf(around);
  return serversIn(directory, completeIn(around.cache), around.env);
}

async function directoryOf({ root, env, cache, indexURL, progress }: Surroundings): Promise<string> {
  const assets = env['KUBEBUILDER_ASSETS'];
  if (assets) return complete(resolve(assets), `KUBEBUILDER_ASSETS (${assets})`);
  const shared = sharedFolder(root);
  if (shared) return complete(await unpacked(shared, cache), shared);
  const [found] = completeIn(cache);
  if (found !== undefined) return found;
  try {
    return complete(await downloaded(indexURL, cache, progress), indexURL);
  } catch (error) {
    throw new MissingServersError(wayOut(cache, error), { cause: error });
  }
}

/** What is named by hand and lacks something is a mistake to tell of, not a reason to look elsewhere. */
function complete(directory: string, from: string): string {
  const lacking = lackingIn(directory);
  if (lacking.length > 0) throw new MissingServersError(`${from} lacks ${lacking.join(', ')}`);
  return directory;
}

function wayOut(cache: string, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return (
    `no kube-apiserver and etcd: KUBEBUILDER_ASSETS is not set, ${cache} has none, and the download failed ` +
    `(${reason}). With Go, \`make test-servers\` builds them.`
  );
}
