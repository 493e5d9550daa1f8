import Type from 'typebox';
import { publicImage } from '../catalogue/catalogue.ts';
import { defaultVPC } from '../catalogue/vpc.ts';
import { createDroplet } from './create-droplet.ts';
import type { DropletRecord } from './records.ts';
import type { World } from './world.ts';

/** Droplets that a person creates in the control panel, from a snapshot of `like` if given. */
export const PanelOrderSchema = Type.Object(
  {
    names: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
    like: Type.Optional(
      Type.Integer({
        description: 'A droplet whose region, size, image and disk are copied, including its agent.',
      }),
    ),
    tags: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        description: 'None if left out: the panel copies none.',
      }),
    ),
    region: Type.Optional(Type.String()),
    size: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);

export type PanelOrder = Type.Static<typeof PanelOrderSchema>;

const defaults = { region: 'fra1', size: 's-1vcpu-1gb', imageID: publicImage('ubuntu-24-04-x64')?.id ?? 0 };

/**
 * Creates the droplets, without the droplet limit; they boot like any others. A
 * `like` that does not exist is ignored.
 */
export function restoreByHand(world: World, order: PanelOrder): readonly DropletRecord[] {
  const like = order.like === undefined ? undefined : world.droplets.get(order.like);
  return order.names.map((name) => restored(world, name, order, like));
}

function restored(
  world: World,
  name: string,
  order: PanelOrder,
  like: DropletRecord | undefined,
): DropletRecord {
  const tags = (order.tags ?? []).map((tag) => world.tags.ensure(tag).name.toLowerCase());
  const region = order.region ?? like?.region ?? defaults.region;
  const { droplet } = createDroplet(world, {
    ...{ name, region, tags, vpcUUID: defaultVPC(region) },
    size: order.size ?? like?.size ?? defaults.size,
    imageID: like?.imageID ?? defaults.imageID,
    ...{ backups: false, ipv6: false, monitoring: like?.monitoring ?? false, volumeIDs: [] },
    projectID: like?.projectID ?? '',
    // The copy's disk contains what the first boot of the original wrote.
    userData: (like && world.userData.get(like.id)) ?? '',
  });
  if (like?.agentDisk !== undefined) droplet.agentDisk = { ...like.agentDisk };
  return droplet;
}
