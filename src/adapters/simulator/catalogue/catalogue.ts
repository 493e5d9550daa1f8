import { type ImageRecord, stockImages, stockRegions } from './images.ts';
import { type Size, stockSizes } from './sizes.ts';

export interface Region {
  readonly slug: string;
  readonly name: string;
  readonly features: readonly string[];
  readonly available: boolean;
  readonly sizes: readonly string[];
}

const regionFeatures = ['backups', 'ipv6', 'metadata', 'install_agent', 'storage', 'image_transfer'];

/** Every region lists the sizes sold there, and every size its regions; an unavailable region sells none. */
export const sizes: ReadonlyMap<string, Size> = new Map(
  stockSizes.map(({ notIn, onlyIn, ...size }) => {
    const slugs = stockRegions.filter(({ available }) => available && size.available).map(({ slug }) => slug);
    const sold = slugs.filter((slug) => !notIn?.includes(slug) && (onlyIn?.includes(slug) ?? true));
    return [size.slug, { ...size, regions: sold }];
  }),
);

export const regions: ReadonlyMap<string, Region> = new Map(
  stockRegions.map((region) => {
    const sold = [...sizes.values()].filter((size) => size.regions.includes(region.slug));
    return [region.slug, { ...region, features: regionFeatures, sizes: sold.map(({ slug }) => slug) }];
  }),
);

export const publicImages: ReadonlyMap<number, ImageRecord> = new Map(
  stockImages.map((image) => [image.id, image]),
);

const imageBySlug = new Map(stockImages.map((image) => [image.slug, image]));

export function publicImage(slug: string): ImageRecord | undefined {
  return imageBySlug.get(slug);
}

export function isGPU(sizeSlug: string): boolean {
  return sizes.get(sizeSlug)?.gpu_info !== undefined;
}

const fragments = new Map<object, string>();

/** `JSON.stringify`, cached for things that never change. */
export function frozenJSON(thing: object): string {
  let text = fragments.get(thing);
  if (text === undefined) {
    text = JSON.stringify(thing);
    fragments.set(thing, text);
  }
  return text;
}
