import type { CloudAccount, ImageOffer, RegionOffer, SizeOffer, VPC } from '../../../ports/cloud.ts';
import { asArray, asNumber, asObject, asString, parseJSON } from '../transport/malformed-answer.ts';

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
  readonly name: unknown;
  readonly status: unknown;
  readonly regions: unknown;
  readonly min_disk_size: unknown;
}

interface WireVPC {
  readonly id: unknown;
  readonly region: unknown;
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

/**
 * Reads an image. Custom images have no slug, nor do older releases of a
 * distribution that are kept for their users.
 */
export function readImage(json: unknown): ImageOffer {
  const { id, slug, name, status, regions, min_disk_size } = asObject<WireImage>(json, 'image');
  return {
    id: asNumber(id, 'image.id'),
    ...(typeof slug === 'string' && slug !== '' && { slug }),
    name: typeof name === 'string' ? name : '',
    // Only custom images have a status; one without a status is available.
    status: typeof status === 'string' ? status : 'available',
    regions: slugs(regions ?? [], 'image.regions'),
    minDiskGB: typeof min_disk_size === 'number' ? min_disk_size : 0,
  };
}

export function readVPC(json: unknown): VPC {
  const { id, region } = asObject<WireVPC>(json, 'vpc');
  return { uuid: asString(id, 'vpc.id'), region: asString(region, 'vpc.region') };
}

function slugs(json: unknown, what: string): readonly string[] {
  return asArray(json, what).map((slug) => asString(slug, what));
}

interface WireAccount {
  readonly uuid: unknown;
  readonly team: unknown;
  readonly droplet_limit: unknown;
  readonly status: unknown;
  readonly status_message: unknown;
}

export function readAccount(body: string): CloudAccount {
  const { account } = asObject<{ account: unknown }>(parseJSON(body), 'answer');
  const wire = asObject<WireAccount>(account, 'account');
  const userUUID = asString(wire.uuid, 'account.uuid');
  return {
    uuid: teamUUID(wire.team) ?? userUUID,
    userUUID,
    dropletLimit: asNumber(wire.droplet_limit, 'account.droplet_limit'),
    ...standing(wire),
  };
}

/** Undefined for a token made outside of any team. */
function teamUUID(team: unknown): string | undefined {
  if (team === undefined || team === null) return undefined;
  const { uuid } = asObject<{ uuid: unknown }>(team, 'account.team');
  return uuid === undefined ? undefined : asString(uuid, 'account.team.uuid');
}

function standing({
  status,
  status_message,
}: Partial<WireAccount>): Pick<CloudAccount, 'status' | 'statusMessage'> {
  const statusMessage = typeof status_message === 'string' ? status_message.trim() : '';
  if (status === undefined) return { status: 'active', statusMessage };
  const word = asString(status, 'account.status');
  if (word === 'active' || word === 'warning' || word === 'locked') return { status: word, statusMessage };
  return { status: 'warning', statusMessage: [`status ${word}`, statusMessage].filter(Boolean).join(': ') };
}
