import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { KubeAccess } from './credentials.ts';

/** Where every pod finds its service account. */
export const serviceAccountDirectory = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The API server of the cluster that this process runs in as a pod; undefined elsewhere. */
export async function inClusterAccess(
  env: NodeJS.ProcessEnv,
  directory: string,
): Promise<KubeAccess | undefined> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  if (!host || !port) return undefined;
  const namespace = await readFile(join(directory, 'namespace'), 'utf8').catch(() => undefined);
  return {
    cluster: {
      name: 'in-cluster',
      server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
      caFile: join(directory, 'ca.crt'),
      skipTLSVerify: false,
    },
    user: { name: 'service-account', tokenFile: join(directory, 'token') },
    namespace: namespace?.trim(),
  };
}
