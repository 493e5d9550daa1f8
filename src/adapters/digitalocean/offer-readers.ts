import type { RegionOffer, SizeOffer } from '../../ports/cloud.ts';
import { asArray, asNumber, asObject, asString } from './malformed-answer.ts';

interface WireSize {
  readonly slug: unknown;
  readonly price_monthly: unknown;
  readonly disk: unknown;
  readonly regions: unknown;
  readonly available: unknown;
}

interface WireRegion {
  readonly slug: unknown;
  readonly available: unknown;
  readonly sizes: unknown;
}

interface WireImage {
  readonly id: unknown;
  readonly slug: unknown;
}

export function readSize(json: unknown): SizeOffer {
  const wire = asObject<WireSize>(json, 'size');
  return {
    slug: asString(wire.slug, 'size.slug'),
    priceMonthlyUSD: asNumber(wire.price_monthly, 'size.price_monthly'),
    diskGB: asNumber(wire.disk, 'size.disk'),
    regions: slugs(wire.regions, 'size.regions'),
    available: wire.available !== false,
  };
}

export function readRegion(json: unknown): RegionOffer {
  const wire = asObject<WireRegion>(json, 'region');
  return {
    slug: asString(wire.slug, 'region.slug'),
    available: wire.available !== false,
    sizes: slugs(wire.sizes, 'region.sizes'),
  };
}

/** An image; some (older releases, kept for their users) have no slug. */
export function readImage(json: unknown): { readonly id: number; readonly slug: string | undefined } {
  const { id, slug } = asObject<WireImage>(json, 'image');
  return { id: asNumber(id, 'image.id'), slug: typeof slug === 'string' && slug !== '' ? slug : undefined };
}

function slugs(json: unknown, what: string): readonly string[] {
  return asArray(json, what).map((slug) => asString(slug, what));
}
