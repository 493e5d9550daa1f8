import { frozenJSON, publicImage, publicImages, regions, sizes } from '../catalogue/catalogue.ts';
import type { ImageRecord } from '../catalogue/images.ts';
import { deleteImage } from '../world/image-orders.ts';
import { notFound, unprocessable } from './api-error.ts';
import { page } from './paging.ts';
import { type Call, noContent, type Reply, type Route } from './route.ts';

export const catalogueRoutes: readonly Route[] = [
  { method: 'GET', path: '/v2/sizes', scopes: ['sizes:read'], answer: listSizes },
  { method: 'GET', path: '/v2/regions', scopes: ['regions:read'], answer: listRegions },
  { method: 'GET', path: '/v2/images', scopes: ['image:read'], answer: listImages },
  { method: 'GET', path: '/v2/images/:image', scopes: ['image:read'], answer: getImage },
  { method: 'DELETE', path: '/v2/images/:image', scopes: ['image:delete'], answer: removeImage },
];

const allSizes = [...sizes.values()];
const allRegions = [...regions.values()];

function listSizes(call: Call): Reply {
  return page(call, 'sizes', allSizes, frozenJSON);
}

function listRegions(call: Call): Reply {
  return page(call, 'regions', allRegions, frozenJSON);
}

function listImages(call: Call): Reply {
  const { world, query } = call;
  const own = [...world.images.values()].filter(({ status }) => status !== 'deleted');
  const type = query.get('type');
  const all = query.get('private') === 'true' ? own : [...publicImages.values(), ...own];
  if (query.get('tag_name') !== null) return page(call, 'images', [], frozenJSON);
  if (type === null) return page(call, 'images', all, frozenJSON);
  return page(call, 'images', all.filter(ofType(type)), frozenJSON);
}

function ofType(type: string): (image: ImageRecord) => boolean {
  if (type === 'distribution') return (image) => image.public && image.type === 'base';
  if (type === 'application') return (image) => image.public && image.type === 'snapshot';
  throw unprocessable(`type is invalid: ${type}`);
}

/** An image is named by id or, when public, by slug. */
function getImage({ world, params }: Call): Reply {
  const wanted = params[0] ?? '';
  const image = /^\d+$/.test(wanted) ? world.image(Number(wanted)) : publicImage(wanted);
  if (image === undefined || image.status === 'deleted') throw notFound();
  return { status: 200, body: `{"image":${frozenJSON(image)}}` };
}

function removeImage({ world, params }: Call): Reply {
  if (!deleteImage(world, Number(params[0]))) throw notFound();
  return noContent;
}
