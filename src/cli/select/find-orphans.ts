import type { Tombstone } from '../../model/fleet-state.ts';
import { uidOfDropletName } from '../../model/identity.ts';
import type { BotRecord } from '../../model/records.ts';
import type { Droplet } from '../../ports/cloud.ts';

/** A droplet with the fleet's tag that belongs to no bot. */
export interface Orphan {
  readonly droplet: Droplet;
  readonly why: string;
}

/** Those of `droplets` whose id no bot has recorded and whose name is none of a bot's. */
export function findOrphans(
  droplets: readonly Droplet[],
  bots: readonly BotRecord[],
  tombstones: readonly Tombstone[],
): Orphan[] {
  const uids = new Set(bots.map(({ uid }) => uid));
  const ids = new Set(bots.map(({ status }) => status.droplet?.id));
  const graves = new Map(tombstones.map((grave) => [grave.uid, grave]));
  return droplets.flatMap((droplet) => {
    const uid = uidOfDropletName(droplet.name);
    if (ids.has(droplet.id) || (uid !== undefined && uids.has(uid))) return [];
    return [{ droplet, why: whyOf(uid, uid === undefined ? undefined : graves.get(uid)) }];
  });
}

function whyOf(uid: string | undefined, grave: Tombstone | undefined): string {
  if (grave) return `bot ${grave.key} was deleted at ${grave.at}`;
  return uid === undefined ? 'its name is none of a bot' : `no bot has the uid ${uid}`;
}
