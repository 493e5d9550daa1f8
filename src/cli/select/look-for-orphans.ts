import { openCloud } from '../../compose/open-cloud.ts';
import type { FleetConfig } from '../../config/run-config.ts';
import type { FleetState } from '../../model/fleet-state.ts';
import { fleetTag } from '../../model/identity.ts';
import type { Cloud, Droplet } from '../../ports/cloud.ts';
import { faultOf } from '../../ports/port-error.ts';
import type { SourceReader } from '../../ports/source-reader.ts';
import { findOrphans, type Orphan } from './find-orphans.ts';

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
