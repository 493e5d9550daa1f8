import Type from 'typebox';
import { regions } from '../catalogue/catalogue.ts';
import { type ImageRecord, snapshotImage } from '../catalogue/images.ts';
import type { World } from './world.ts';

/** A custom image of a team, made without any droplet. */
export const ImageOrderSchema = Type.Object(
  {
    name: Type.String({ minLength: 1 }),
    regions: Type.Optional(Type.Array(Type.String(), { description: 'All if left out.' })),
    minDiskGB: Type.Optional(Type.Integer({ minimum: 0, description: '25 if left out.' })),
    status: Type.Optional(
      Type.Union([
        Type.Literal('NEW'),
        Type.Literal('available'),
        Type.Literal('pending'),
        Type.Literal('deleted'),
        Type.Literal('retired'),
      ]),
    ),
  },
  { additionalProperties: false },
);

export type ImageOrder = Type.Static<typeof ImageOrderSchema>;

export function addImage(world: World, order: ImageOrder): ImageRecord {
  const made = snapshotImage(world.nextID('image'), order.name, {
    regions: order.regions ?? [...regions.keys()],
    diskGB: order.minDiskGB ?? 25,
    distribution: 'Ubuntu',
    at: world.timestamp(world.now),
  });
  const image = { ...made, status: order.status ?? 'available' };
  world.putImage(image);
  return image;
}

/** Deletes a custom image; droplets made from it still name it. Returns whether there was one. */
export function deleteImage(world: World, id: number): boolean {
  const image = world.images.get(id);
  if (image === undefined || image.status === 'deleted') return false;
  world.putImage({ ...image, status: 'deleted' });
  return true;
}
