import { editDistance } from '../../model/nearest-name.ts';
import type { Catalogue } from '../../ports/cloud.ts';

/** So many values fit a line that a person reads. */
const MOST_VALUES = 8;

/** What was asked for, as far as the catalogue has a say. */
export interface Choice {
  readonly region: string | undefined;
  readonly size: string;
  readonly image: string | undefined;
}

/** Whether a refusal is about a value that the catalogue lists. */
export function blamesChoice(reason: string): boolean {
  return /\b(?:size|region|image)s?\b/i.test(reason);
}

/** The valid values for what `reason` blames: `size "s-9vcpu": valid in nyc3: s-8vcpu-16gb, …`; undefined when none help. */
export function validValues(reason: string, choice: Choice, catalogue: Catalogue): string | undefined {
  if (/\bsize/i.test(reason)) return sizesFor(choice, catalogue);
  if (/\bimage/i.test(reason) && choice.image !== undefined) {
    return describe('image', choice.image, 'valid', catalogue.images);
  }
  return choice.region === undefined ? undefined : regionsFor(choice.region, choice.size, catalogue);
}

function sizesFor({ region, size }: Choice, { sizes }: Catalogue): string | undefined {
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

/** Regions that offer the size; all that are open when the size is unknown too. */
function regionsFor(region: string, size: string, { regions }: Catalogue): string | undefined {
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

function describe(
  field: string,
  given: string,
  where: string,
  values: readonly string[],
): string | undefined {
  if (values.length === 0 || values.includes(given)) return undefined;
  const nearest = closestFirst(given, values).slice(0, MOST_VALUES);
  const more = values.length > nearest.length ? ', …' : '';
  return `${field} ${JSON.stringify(given.slice(0, 64))}: ${where}: ${nearest.join(', ')}${more}`;
}

function closestFirst(given: string, values: readonly string[]): readonly string[] {
  const distances = new Map(values.map((value) => [value, editDistance(given.slice(0, 64), value)]));
  const distance = (value: string) => distances.get(value) ?? 0;
  return values.toSorted((a, b) => distance(a) - distance(b) || a.localeCompare(b));
}
