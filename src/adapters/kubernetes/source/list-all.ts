import type { KubeAPI } from '../client/kube-api.ts';
import type { KubeObject } from '../client/kube-object.ts';
import { type ResourceType, resourcePath } from '../client/resource-path.ts';
import { listCollection } from '../client/watch/list-collection.ts';

/** Tells `take` of every object of a kind, as stored now, in these namespaces; undefined: in all. */
export async function listAll<T extends KubeObject>(
  client: KubeAPI,
  type: ResourceType,
  namespaces: readonly (string | undefined)[] = [undefined],
  take: (object: T) => void,
): Promise<void> {
  const { signal } = new AbortController();
  for (const namespace of namespaces) {
    const path = resourcePath(type, { namespace });
    await listCollection<T>({ client, path, filterQuery: {}, version: '', signal }, take);
  }
}
