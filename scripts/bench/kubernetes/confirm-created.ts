import { dropletName } from '../../../src/model/identity.ts';
import type { ApiObject } from '../../../test/lab/api-calls.ts';
import type { ClusterFleet } from './cluster-fleet.ts';

/** Throws unless every bot is stored as DropletReady and has exactly one droplet, which is active. */
export async function confirmCreated(fleet: ClusterFleet): Promise<void> {
  const { items } = await fleet.bots();
  const ready = items.filter(isDropletReady);
  if (ready.length !== fleet.size) throw new Error(`${ready.length} of ${fleet.size} bots are DropletReady`);
  const names = new Set(ready.map(({ metadata }) => dropletName(metadata.uid)));
  const droplets = await fleet.simulator.droplets();
  const right = new Set(
    droplets.filter((each) => names.has(each.name) && each.status === 'active').map(({ name }) => name),
  );
  if (right.size !== fleet.size || droplets.length !== fleet.size)
    throw new Error(`${droplets.length} droplets for ${fleet.size} bots, of ${right.size} of them`);
}

function isDropletReady({ status }: ApiObject): boolean {
  const conditions = (status?.['conditions'] ?? []) as { readonly type: string; readonly status: string }[];
  return conditions.some(({ type, status }) => type === 'DropletReady' && status === 'True');
}
