import type { KubeAPI } from '../../client/kube-api.ts';
import type { KubeObject } from '../../client/kube-object.ts';
import { resourcePath } from '../../client/resource-path.ts';
import { namespaceType } from '../objects.ts';

/** Which cluster this is: the uid of its namespace kube-system, which lives as long as the cluster does. */
export async function clusterIdentity(client: KubeAPI): Promise<string> {
  const path = resourcePath(namespaceType, { name: 'kube-system' });
  const { metadata } = await client.request<KubeObject>('GET', path);
  return `kubernetes:${metadata.uid}`;
}
