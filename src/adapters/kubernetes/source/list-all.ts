import { fleetOfTags } from '../../../model/identity.ts';
import type { KubeAPI } from '../client/kube-api.ts';
import type { KubeObject } from '../client/kube-object.ts';
import { type ResourceType, resourcePath } from '../client/resource-path.ts';
import { listCollection } from '../client/watch/list-collection.ts';
import { ownStatus } from './cache/own-status.ts';
import { type BotObject, botType } from './objects.ts';

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

/**
 * The fleet that most Bots' own droplets belong to, as their status records it: whose record is gone while they are not.
 * A status that was restored from a backup tells nothing, for the fleet may still be at work in the cluster it is from.
 */
export async function formerFleetID(
  client: KubeAPI,
  namespaces: readonly string[] | undefined,
): Promise<string | undefined> {
  const counts = new Map<string, number>();
  await listAll<BotObject>(client, botType, namespaces, (object) => {
    const fleet = fleetOfTags(ownStatus(object).droplet?.managedTags ?? []);
    if (fleet !== undefined) counts.set(fleet, (counts.get(fleet) ?? 0) + 1);
  });
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
