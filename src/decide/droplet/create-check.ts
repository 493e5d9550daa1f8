import type { Catalogue, SizeOffer } from '../../ports/cloud.ts';
import type { CreateOffer } from '../input.ts';
import { progressing, type Situation, stalled, type Waiting } from '../situation.ts';

const mostNamed = 8;

/**
 * Why the droplet as declared now could not be created in place of the present one, as far as that can be
 * known before trying; undefined if nothing speaks against it. Nothing is destroyed for a create that would
 * be refused.
 */
export function createObstacle(
  situation: Situation,
  catalogue: Catalogue,
  offer: CreateOffer,
): Waiting | undefined {
  const { createsForbidden, grant, wanted } = situation;
  if (createsForbidden) return { ...createsForbidden, stalled: true };
  if (!grant.granted) return grant;
  const size = catalogue.sizes.find((one) => one.slug === wanted.size);
  return (
    regionObstacle(situation, catalogue) ??
    sizeObstacle(situation, catalogue, size) ??
    imageObstacle(situation, catalogue, offer, size) ??
    keyObstacle(offer) ??
    vpcObstacle(situation, offer) ??
    budgetObstacle(situation, size) ??
    limitObstacle(offer)
  );
}

function regionObstacle({ wanted }: Situation, { regions }: Catalogue): Waiting | undefined {
  if (regions.some(({ slug, available }) => slug === wanted.region && available)) return undefined;
  const valid = regions.filter((offer) => offer.available).map((offer) => offer.slug);
  return stalled('InvalidRegion', `Region ${wanted.region} is not available; valid: ${few(valid)}`);
}

function sizeObstacle(
  { wanted }: Situation,
  { sizes }: Catalogue,
  size: SizeOffer | undefined,
): Waiting | undefined {
  if (size?.available && size.regions.includes(wanted.region)) return undefined;
  const valid = sizes.filter((offer) => offer.available && offer.regions.includes(wanted.region));
  const message = `Size ${wanted.size} is not available in ${wanted.region}; valid: ${few(valid.map(({ slug }) => slug))}`;
  return stalled('InvalidSize', message);
}

/**
 * The image may be of any kind: a distribution, a 1-Click application, a snapshot, or one of the account's
 * own.
 */
function imageObstacle(
  { wanted }: Situation,
  { images }: Catalogue,
  { image }: CreateOffer,
  size: SizeOffer | undefined,
): Waiting | undefined {
  if (image === 'unchecked') return undefined;
  if (image === 'absent')
    return stalled(
      'InvalidImage',
      `The account has no image ${wanted.image}; distributions are: ${few(images)}`,
    );
  if (image.status !== 'available')
    return stalled('InvalidImage', `Image ${wanted.image} cannot be used: its status is ${image.status}`);
  if (!image.regions.includes(wanted.region))
    return stalled(
      'InvalidImage',
      `Image ${wanted.image} is not in region ${wanted.region}, but in ${few(image.regions)}`,
    );
  if (!size || image.minDiskGB <= size.diskGB) return undefined;
  const message = `Image ${wanted.image} needs a disk of ${image.minDiskGB} GB; size ${size.slug} has ${size.diskGB} GB`;
  return stalled('InvalidImage', message);
}

function keyObstacle({ missingKeys }: CreateOffer): Waiting | undefined {
  if (missingKeys.length === 0) return undefined;
  const message = `The account has no SSH key ${few(missingKeys)}; add it there, or take it out of spec.droplet.sshKeys`;
  return stalled('InvalidSSHKey', message);
}

function vpcObstacle({ wanted }: Situation, { vpc }: CreateOffer): Waiting | undefined {
  if (vpc === undefined || vpc === 'unchecked') return undefined;
  if (vpc === 'absent') return stalled('InvalidVPC', `The account has no VPC ${wanted.vpcUUID}`);
  if (vpc.region === wanted.region) return undefined;
  return stalled(
    'InvalidVPC',
    `VPC ${vpc.uuid} is in ${vpc.region}; the droplet is declared in ${wanted.region}`,
  );
}

/** A replacement keeps its budget; only the extra cost must fit. */
function budgetObstacle(
  { budgetLeftUSD: left, status }: Situation,
  size: SizeOffer | undefined,
): Waiting | undefined {
  const more = (size?.priceMonthlyUSD ?? 0) - (status.droplet?.priceMonthlyUSD ?? 0);
  if (left === undefined || more <= 0 || more <= left) return undefined;
  const message = `Size ${size?.slug} costs $${more.toFixed(2)} more a month; the account’s budget leaves $${Math.max(0, left).toFixed(2)}`;
  return progressing('BudgetExceeded', message);
}

/** The place that a destroyed droplet leaves might go to another bot that waits for one. */
function limitObstacle({ isAtDropletLimit }: CreateOffer): Waiting | undefined {
  if (!isAtDropletLimit) return undefined;
  return progressing('DropletLimitReached', 'The cloud account’s droplet limit is reached');
}

function few(values: readonly string[]): string {
  return values.slice(0, mostNamed).join(', ') + (values.length > mostNamed ? ', …' : '');
}
