import { noteLeftOut } from '../../test/lab/notes/notes.ts';
import { MissingServersError, resolveTestServers } from './resolve.ts';
import type { TestServers } from './test-servers.ts';

/** What a suite that needs real servers runs with, and the option of `describe` that skips it without them. */
export interface ServersOrSkip {
  readonly servers: TestServers | undefined;
  readonly skip: string | false;
}

/** Where there are no servers a suite is skipped, with the reason; but with CI=true that is a failure. */
export async function serversOrSkip(
  resolve: () => Promise<TestServers> = resolveTestServers,
  env: NodeJS.ProcessEnv = process.env,
): Promise<ServersOrSkip> {
  try {
    return { servers: await resolve(), skip: false };
  } catch (error) {
    if (!(error instanceof MissingServersError)) throw error;
    noteLeftOut({ missing: 'kube-apiserver and etcd', remedy: 'make test-servers' }, env);
    if (env['CI'] === 'true') throw error;
    return { servers: undefined, skip: error.message };
  }
}
