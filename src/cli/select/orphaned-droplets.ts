import { openCloud } from '../../compose/open-cloud.ts';
import type { FleetConfig } from '../../config/run-config.ts';
import type { FleetState, Tombstone } from '../../model/fleet-state.ts';
import { fleetTag, uidOfDropletName } from '../../model/identity.ts';
import type { BotRecord } from '../../model/records.ts';
import type { Cloud, Droplet } from '../../ports/cloud.ts';
import { faultOf } from '../../ports/port-error.ts';
import type { SourceReader } from '../../ports/source-reader.ts';

interface FoundOrphans {
  /** Every droplet with the fleet's tag. */
  readonly droplets: readonly Droplet[];
  readonly orphans: readonly Orphan[];
}

/** One whole listing, and a GET of each droplet in it that seems to belong to no bot. */
export async function lookForOrphans(
  config: FleetConfig,
  reader: SourceReader,
  fleet: FleetState,
): Promise<FoundOrphans> {
  const clouds = await openCloud(config);
  try {
    const cloud = clouds.forToken(undefined);
    const { droplets } = await cloud.listByTag(fleetTag(fleet.fleetID), { class: 'urgent' });
    const orphans: Orphan[] = [];
    for (const orphan of findOrphans(droplets, reader.bots(), fleet.tombstones)) {
      if (await lives(cloud, orphan)) orphans.push(orphan);
    }
    return { droplets, orphans };
  } finally {
    await clouds.close();
  }
}

/** A listing lags behind deletions: what GET does not know is gone. */
async function lives(cloud: Cloud, { droplet }: Orphan): Promise<boolean> {
  try {
    await cloud.getDroplet(droplet.id, { class: 'urgent' });
    return true;
  } catch (error) {
    if (faultOf(error, 'absent')) return false;
    throw error;
  }
}

/** A droplet with the fleet's tag that belongs to no bot. */
export interface Orphan {
  readonly droplet: Droplet;
  readonly why: string;
}

/** Those of `droplets` whose id no bot has recorded and whose name is not a bot's. */
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
  return uid === undefined ? 'its name is not a bot’s' : `no bot has the uid ${uid}`;
}
