import type { EffectiveDropletSpec } from '../model/droplet-spec.ts';
import type { Catalogue } from '../ports/cloud.ts';
import { stalled, type Waiting } from './situation.ts';

const mostNamed = 8;

/** Why the cloud would refuse to create such a droplet, with the valid values; undefined when it would not. */
export function refusedByCatalogue(catalogue: Catalogue, wanted: EffectiveDropletSpec): Waiting | undefined {
  const region = catalogue.regions.find((offer) => offer.slug === wanted.region);
  if (!region?.available) {
    const valid = catalogue.regions.filter((offer) => offer.available).map((offer) => offer.slug);
    return stalled('InvalidRegion', `Region ${wanted.region} is not available; valid: ${few(valid)}`);
  }
  const size = catalogue.sizes.find((offer) => offer.slug === wanted.size);
  if (!size?.available || !size.regions.includes(wanted.region)) {
    const valid = catalogue.sizes.filter((offer) => offer.available && offer.regions.includes(wanted.region));
    return stalled(
      'InvalidSize',
      `Size ${wanted.size} is not available in ${wanted.region}; valid: ${few(valid.map((o) => o.slug))}`,
    );
  }
  if (/^[0-9]+$/.test(wanted.image) || catalogue.images.includes(wanted.image)) return undefined;
  return stalled('InvalidImage', `Image ${wanted.image} does not exist; valid: ${few(catalogue.images)}`);
}

function few(values: readonly string[]): string {
  return values.slice(0, mostNamed).join(', ') + (values.length > mostNamed ? ', …' : '');
}
