import {
  inClusterAccess,
  serviceAccountDirectory,
} from '../../adapters/kubernetes/client/auth/in-cluster-access.ts';
import { connect } from '../../adapters/kubernetes/client/connect.ts';
import type { APIObserver, KubeAPI } from '../../adapters/kubernetes/client/kube-api.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import type { KubernetesConfig } from '../../config/sources/kubernetes.ts';
import type { Log } from '../../ports/log.ts';
import { version } from '../version.ts';

/** Where deploy/kubernetes puts the controller: from elsewhere its record is looked for there. */
const usualNamespace = 'clawfleet-system';

export interface Cluster {
  readonly client: KubeAPI;
  /** Of names that do not say theirs: the context's, or the pod's. */
  readonly namespace: string;
  /** Where the lease and the fleet's record are kept. */
  readonly controllerNamespace: string;
}

/** The cluster of the configuration. Nothing is sent yet. */
export async function connectCluster(
  config: KubernetesConfig,
  log: Log,
  observer?: APIObserver,
): Promise<Cluster> {
  const { kubeconfig, context } = config;
  const { client, namespace = 'default' } = await connect({
    clock: systemClock,
    log,
    userAgent: `clawfleet/${version}`,
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(context !== undefined && { context }),
    ...(observer && { observer }),
  });
  const controllerNamespace = config.controllerNamespace ?? (await podNamespace(config)) ?? usualNamespace;
  return { client, namespace, controllerNamespace };
}

/** The pod's own namespace, when it is the pod's account that is used. */
async function podNamespace({ kubeconfig, context }: KubernetesConfig): Promise<string | undefined> {
  if ((kubeconfig ?? context ?? process.env['KUBECONFIG']) !== undefined) return undefined;
  return (await inClusterAccess(process.env, serviceAccountDirectory))?.namespace;
}
