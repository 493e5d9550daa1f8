import { type KubeAPI, patchType } from '../../../../src/adapters/kubernetes/client/kube-api.ts';
import type { KubeObject } from '../../../../src/adapters/kubernetes/client/kube-object.ts';
import { type ResourceType, resourcePath } from '../../../../src/adapters/kubernetes/client/resource-path.ts';
import { accountType, botType, secretType } from '../../../../src/adapters/kubernetes/source/objects.ts';
import { faultOf } from '../../../../src/ports/port-error.ts';
import type { DeclaredObject } from '../../../contract/source-bed.ts';
import { patiently } from './patiently.ts';

const types: Readonly<Record<DeclaredObject['kind'], ResourceType>> = {
  Bot: botType,
  Account: accountType,
  Secret: secretType,
};

export function pathOf({ kind, metadata }: DeclaredObject): string {
  return resourcePath(types[kind], { namespace: metadata.namespace ?? 'default', name: metadata.name });
}

/** As `kubectl apply --server-side`. */
export async function applyObject(client: KubeAPI, object: DeclaredObject): Promise<KubeObject> {
  const query = { fieldManager: 'kubectl', force: true };
  return client.request('PATCH', pathOf(object), { query, body: object, contentType: patchType.apply });
}

/** The object as stored; undefined when there is none. */
export async function stored<T extends KubeObject>(client: KubeAPI, path: string): Promise<T | undefined> {
  try {
    return await client.request<T>('GET', path);
  } catch (error) {
    if (faultOf(error, 'absent')) return undefined;
    throw error;
  }
}

/** Makes the namespace when there is none. */
export async function ensureNamespace(client: KubeAPI, name: string): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  await client.request('POST', '/api/v1/namespaces', { body }).catch((error: unknown) => {
    if (!faultOf(error, 'conflict')) throw error;
  });
}

/** Deletes all Bots, Accounts, Secrets and fleet records, without asking any controller. */
export async function clearCluster(client: KubeAPI): Promise<void> {
  for (const type of [botType, accountType, secretType]) {
    const { items } = await client.request<{ items: KubeObject[] }>('GET', resourcePath(type));
    await Promise.all(items.map((item) => erase(client, type, item)));
    await patiently(`no ${type.plural} are left`, async () => {
      const left = await client.request<{ items: KubeObject[] }>('GET', resourcePath(type));
      return left.items.length === 0;
    });
  }
  const record = '/api/v1/namespaces/clawfleet-system/configmaps/clawfleet-fleet';
  if (await stored(client, record)) await client.request('DELETE', record);
}

async function erase(client: KubeAPI, type: ResourceType, { metadata }: KubeObject): Promise<void> {
  const { namespace, name, finalizers } = metadata;
  const path = resourcePath(type, { namespace, name });
  try {
    if (finalizers)
      await client.request('PATCH', path, {
        body: { metadata: { finalizers: null } },
        contentType: patchType.merge,
      });
    await client.request('DELETE', path);
  } catch (error) {
    if (!faultOf(error, 'absent')) throw error;
  }
}
