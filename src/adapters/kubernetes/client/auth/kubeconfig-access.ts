import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
// The package's index loads its whole generated client: 80 MB of memory and half a second for nothing.
import {
  type Cluster,
  type Context,
  newClusters,
  newContexts,
  newUsers,
} from '@kubernetes/client-node/dist/config_types.js';
import { parse } from 'yaml';
import { PortError } from '../../../../ports/port-error.ts';
import type { KubeAccess } from './credentials.ts';

interface Document {
  readonly 'current-context'?: string;
  readonly clusters?: readonly unknown[];
  readonly contexts?: readonly unknown[];
  readonly users?: readonly { readonly name: string; readonly user?: { readonly tokenFile?: string } }[];
}

interface Named {
  readonly clusters: readonly Cluster[];
  readonly contexts: readonly Context[];
  readonly users: readonly KubeAccess['user'][];
  readonly currentContext: string | undefined;
}

/**
 * Reads kubeconfig files as kubectl does: of several that name the same thing the first one counts. `context`:
 * default the current one. Throws `refused` with what is wrong.
 */
export async function kubeconfigAccess(
  files: readonly string[],
  context: string | undefined,
): Promise<KubeAccess> {
  const read = await Promise.all(files.map(readOne));
  const where = files.join(', ');
  const name = context ?? read.find(({ currentContext }) => currentContext)?.currentContext;
  if (!name) throw wrong(`${where}: no current context is set; name one with --context`);
  const chosen = named(
    'context',
    name,
    read.flatMap(({ contexts }) => contexts),
    where,
  );
  return {
    cluster: named(
      'cluster',
      chosen.cluster,
      read.flatMap(({ clusters }) => clusters),
      where,
    ),
    user: chosen.user
      ? named(
          'user',
          chosen.user,
          read.flatMap(({ users }) => users),
          where,
        )
      : { name: 'anonymous' },
    namespace: chosen.namespace,
  };
}

function named<T extends { readonly name: string }>(
  kind: string,
  name: string,
  all: readonly T[],
  where: string,
): T {
  const found = all.find((each) => each.name === name);
  if (found) return found;
  const known = all.map((each) => each.name).join(', ') || 'none';
  throw wrong(`${where}: there is no ${kind} ${name} (there is: ${known})`);
}

async function readOne(file: string): Promise<Named> {
  try {
    const document = (parse(await readFile(file, 'utf8')) ?? {}) as Document;
    return namedIn(document, dirname(resolve(file)));
  } catch (error) {
    throw wrong(`${file}: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

/** Paths in a kubeconfig are relative to its own directory. */
function namedIn(document: Document, directory: string): Named {
  const whole = (file: string | undefined | null) => (file ? resolve(directory, file) : undefined);
  return {
    clusters: newClusters(document.clusters).map(({ caFile, ...cluster }) => {
      const path = whole(caFile);
      return { ...cluster, ...(path !== undefined && { caFile: path }) };
    }),
    contexts: newContexts(document.contexts),
    users: newUsers(document.users).map(({ certFile, keyFile, ...user }, at) => {
      const [cert, key] = [whole(certFile), whole(keyFile)];
      const tokenFile = whole(document.users?.[at]?.user?.tokenFile);
      return {
        ...user,
        ...(cert !== undefined && { certFile: cert }),
        ...(key !== undefined && { keyFile: key }),
        ...(tokenFile !== undefined && { tokenFile }),
      };
    }),
    currentContext: document['current-context'],
  };
}

function wrong(message: string, cause?: unknown): PortError {
  return new PortError({ kind: 'refused', reason: 'KubeconfigInvalid', httpStatus: 0 }, message, { cause });
}
