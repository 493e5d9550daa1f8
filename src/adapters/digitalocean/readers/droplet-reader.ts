import type { Droplet, DropletStatus } from '../../../ports/cloud.ts';
import { asArray, asNumber, asObject, asString } from '../transport/malformed-answer.ts';

/** Keeps one copy of each string, as most strings of a listing repeat. */
export class Interner {
  readonly #copies = new Map<string, string>();

  of(text: string): string {
    const copy = this.#copies.get(text);
    if (copy !== undefined) return copy;
    this.#copies.set(text, text);
    return text;
  }
}

/** The part of DigitalOcean's droplet that we read. */
interface WireDroplet {
  readonly id: unknown;
  readonly name: unknown;
  readonly status: unknown;
  readonly disk: unknown;
  readonly created_at: unknown;
  readonly size_slug: unknown;
  readonly vpc_uuid: unknown;
  readonly features: unknown;
  readonly tags: unknown;
  readonly networks: unknown;
  readonly region: unknown;
  readonly image: unknown;
  readonly size: unknown;
}

interface WireImage {
  readonly id: unknown;
  readonly slug: unknown;
}

interface WireAddress {
  readonly type: unknown;
  readonly ip_address: unknown;
}

const statuses: ReadonlySet<unknown> = new Set<DropletStatus>(['new', 'active', 'off', 'archive']);

/** Reads a droplet. Only strings are kept from the JSON; an interner shared by a listing keeps them few. */
export function readDroplet(json: unknown, strings = new Interner()): Droplet {
  const wire = asObject<WireDroplet>(json, 'droplet');
  const features = Array.isArray(wire.features) ? wire.features : [];
  const publicIPv4 = publicAddress(wire.networks);
  return {
    id: asNumber(wire.id, 'droplet.id'),
    name: asString(wire.name, 'droplet.name'),
    status: statusOf(wire.status),
    tags: foldTags(wire.tags, strings),
    region: strings.of(
      asString(asObject<{ slug: unknown }>(wire.region, 'droplet.region').slug, 'region.slug'),
    ),
    size: strings.of(asString(wire.size_slug, 'droplet.size_slug')),
    image: strings.of(imageOf(wire.image)),
    diskGB: asNumber(wire.disk, 'droplet.disk'),
    ...(publicIPv4 !== undefined && { publicIPv4 }),
    backups: features.includes('backups'),
    ipv6: features.includes('ipv6'),
    monitoring: features.includes('monitoring'),
    ...(typeof wire.vpc_uuid === 'string' && wire.vpc_uuid !== '' && { vpcUUID: strings.of(wire.vpc_uuid) }),
    createdAt: asString(wire.created_at, 'droplet.created_at'),
    priceMonthlyUSD: priceOf(wire.size),
  };
}

/** An unknown status counts as a transition to one that we know. */
function statusOf(status: unknown): DropletStatus {
  const text = asString(status, 'droplet.status');
  return statuses.has(text) ? (text as DropletStatus) : 'new';
}

/** DigitalOcean's tags are case-insensitive and keep their first spelling for ever. */
function foldTags(tags: unknown, strings: Interner): readonly string[] {
  if (tags === null || tags === undefined) return [];
  return asArray(tags, 'droplet.tags').map((tag) => strings.of(asString(tag, 'tag').toLowerCase()));
}

/** The slug of a public image, else the id of a snapshot; empty if the image no longer exists. */
function imageOf(image: unknown): string {
  if (image === null || image === undefined) return '';
  const { slug, id } = asObject<WireImage>(image, 'droplet.image');
  return typeof slug === 'string' && slug !== '' ? slug : String(asNumber(id, 'image.id'));
}

function publicAddress(networks: unknown): string | undefined {
  const v4 = asObject<{ v4: unknown }>(networks ?? {}, 'droplet.networks').v4 ?? [];
  for (const network of asArray(v4, 'networks.v4')) {
    const { type, ip_address } = asObject<WireAddress>(network, 'network');
    if (type === 'public' && typeof ip_address === 'string') return ip_address;
  }
  return undefined;
}

function priceOf(size: unknown): number {
  const price = asObject<{ price_monthly: unknown }>(size ?? {}, 'droplet.size').price_monthly;
  return typeof price === 'number' ? price : 0;
}
