import { fleetOfTags } from '../../../../model/identity.ts';
import type { KubeAPI } from '../../client/kube-api.ts';
import { ownStatus } from '../cache/own-status.ts';
import { listAll } from '../list-all.ts';
import { type BotObject, botType } from '../objects.ts';

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
