import { editDistance } from '../../../model/schema/nearest-name.ts';
import type { Catalogue, ImageOffer } from '../../../ports/cloud.ts';

/** The most values that a line for people lists. */
const mostValues = 8;

/** The requested values that help can be given for. */
export interface Choice {
  readonly region: string | undefined;
  readonly size: string;
  readonly image: string | undefined;
}

/** Which part of the choice a refusal is about. */
export function blamed(reason: string, { image, region }: Choice): keyof Choice | undefined {
  if (/\bsizes?\b/i.test(reason)) return 'size';
  if (/\bimages?\b/i.test(reason) && image !== undefined) return 'image';
  return /\b(?:region|image)s?\b/i.test(reason) && region !== undefined ? 'region' : undefined;
}

/** `size "s-9vcpu": valid in nyc3: s-8vcpu-16gb, …`; undefined when the size is valid. */
export function validSizes({ region, size }: Choice, { sizes }: Catalogue): string | undefined {
  const offered = sizes.filter(
    (offer) => offer.available && (region === undefined || offer.regions.includes(region)),
  );
  const where = region === undefined ? 'valid' : `valid in ${region}`;
  return describe(
    'size',
    size,
    where,
    offered.map((offer) => offer.slug),
  );
}

/** Regions that offer the size; all open ones if the size is unknown too. */
export function validRegions({ region = '', size }: Choice, { regions }: Catalogue): string | undefined {
  const open = regions.filter((offer) => offer.available);
  const fitting = open.filter((offer) => offer.sizes.includes(size));
  const [where, offers] = fitting.length > 0 ? [`valid for ${size}`, fitting] : ['valid', open];
  return describe(
    'region',
    region,
    where,
    offers.map((offer) => offer.slug),
  );
}

/**
 * Why no droplet can be made of the image; undefined if nothing speaks against it.
 * Without `offer` the image does not exist.
 */
export function imageTrouble(
  image: string,
  offer: ImageOffer | undefined,
  { region, size }: Choice,
  catalogue: Catalogue,
): string | undefined {
  const given = `image ${quoted(image)}`;
  if (offer === undefined) return `${given} does not exist${suggestion(image, catalogue.images)}`;
  if (offer.status !== 'available') return `${given} is ${offer.status}`;
  if (region !== undefined && !offer.regions.includes(region)) {
    return `${given} is not in ${region}, but in ${offer.regions.join(', ') || 'no region'}`;
  }
  const diskGB = catalogue.sizes.find(({ slug }) => slug === size)?.diskGB;
  if (diskGB === undefined || diskGB >= offer.minDiskGB) return undefined;
  return `${given} needs a disk of ${offer.minDiskGB} GB, ${size} has ${diskGB}`;
}

/** Distributions similar to `image`; none for a number, which resembles no slug. */
function suggestion(image: string, slugs: readonly string[]): string {
  return /^\d+$/.test(image) || slugs.length === 0 ? '' : `; distributions: ${nearest(image, slugs)}`;
}

function describe(
  field: string,
  given: string,
  where: string,
  values: readonly string[],
): string | undefined {
  if (values.length === 0 || values.includes(given)) return undefined;
  return `${field} ${quoted(given)}: ${where}: ${nearest(given, values)}`;
}

function quoted(given: string): string {
  return JSON.stringify(given.slice(0, 64));
}

function nearest(given: string, values: readonly string[]): string {
  const shown = closestFirst(given, values).slice(0, mostValues);
  return shown.join(', ') + (values.length > shown.length ? ', …' : '');
}

function closestFirst(given: string, values: readonly string[]): readonly string[] {
  const distances = new Map(values.map((value) => [value, editDistance(given.slice(0, 64), value)]));
  const distance = (value: string) => distances.get(value) ?? 0;
  return values.toSorted((a, b) => distance(a) - distance(b) || a.localeCompare(b));
}
