import { access as accessible } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Clock } from '../../../ports/clock.ts';
import type { Log } from '../../../ports/log.ts';
import { PortError } from '../../../ports/port-error.ts';
import type { KubeAccess } from './auth/credentials.ts';
import { inClusterAccess, serviceAccountDirectory } from './auth/in-cluster-access.ts';
import { kubeconfigAccess } from './auth/kubeconfig-access.ts';
import { LiveCredentials } from './auth/live-credentials.ts';
import type { APIObserver, KubeAPI } from './kube-api.ts';
import { KubeClient } from './kube-client.ts';
import { Connections } from './transport/connections.ts';

export interface ConnectOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Default: the files in KUBECONFIG, else the pod's service account, else `~/.kube/config`. */
  readonly kubeconfig?: string;
  /** Of the kubeconfig; default: its current one. Naming one leaves the service account out. */
  readonly context?: string;
  readonly userAgent: string;
  readonly observer?: APIObserver;
  /** Default: the process's own. */
  readonly env?: NodeJS.ProcessEnv;
  /** Default: where a pod has it. */
  readonly serviceAccount?: string;
}

export interface Connected {
  readonly client: KubeAPI;
  /** Of the context or the pod. */
  readonly namespace: string | undefined;
}

/** A client of the API server that the surroundings name. Nothing is sent yet. Throws `refused` when they name none. */
export async function connect(options: ConnectOptions): Promise<Connected> {
  const access = await accessOf(options);
  const { clock, log, userAgent, observer } = options;
  const { cluster, namespace } = access;
  const onFailure = (err: unknown) =>
    log.warn({ err }, 'a credential’s file cannot be read: the last one stays');
  const client = new KubeClient({
    server: cluster.server,
    credentials: new LiveCredentials(access, clock, onFailure),
    connections: new Connections(cluster.proxyUrl),
    clock,
    userAgent,
    observer,
  });
  return { client, namespace };
}

async function accessOf(options: ConnectOptions): Promise<KubeAccess> {
  const { kubeconfig, context, env = process.env, serviceAccount = serviceAccountDirectory } = options;
  if (kubeconfig !== undefined) return kubeconfigAccess([kubeconfig], context);
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  if (listed.length > 0) return kubeconfigAccess(await present(listed), context);
  const inCluster = context === undefined ? await inClusterAccess(env, serviceAccount) : undefined;
  return inCluster ?? kubeconfigAccess(await present([join(homedir(), '.kube', 'config')]), context);
}

/** Those that exist. */
async function present(files: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    files.map((file) =>
      accessible(file).then(
        () => [file],
        () => [],
      ),
    ),
  );
  if (found.flat().length > 0) return found.flat();
  const message = `there is no kubeconfig (looked for ${files.join(', ')}) and this is no pod`;
  throw new PortError({ kind: 'refused', reason: 'KubeconfigMissing', httpStatus: 0 }, message);
}
