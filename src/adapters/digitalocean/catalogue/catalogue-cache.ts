import type { Clock } from '../../../ports/clock.ts';
import type { CallOptions, Catalogue } from '../../../ports/cloud.ts';
import { type ListingCall, listWhole } from '../listing.ts';
import { readImage, readRegion, readSize } from '../readers/offer-readers.ts';
import type { DigitalOceanClient } from '../transport/digital-ocean-client.ts';
import { routes } from '../transport/routes.ts';
import { AnswerCache } from './answer-cache.ts';

/** The offer changes a few times a year. */
const catalogueLifeMs = 3_600_000;
/** The one key: there is one catalogue. */
const only = 'catalogue';

const sizes = { route: routes.listSizes, field: 'sizes', readItem: readSize, identify: slugOf };
const regions = { route: routes.listRegions, field: 'regions', readItem: readRegion, identify: slugOf };
const images = {
  route: routes.listImages,
  query: { type: 'distribution' },
  field: 'images',
  readItem: readImage,
  identify: (image: { id: number }) => image.id,
};

/** Sizes, regions and distributions on offer, read at most once an hour. */
export class CatalogueCache {
  readonly #answers: AnswerCache<Catalogue>;

  constructor(client: DigitalOceanClient, clock: Clock) {
    const read = (_only: string, options: CallOptions) => readCatalogue(client, clock, options);
    this.#answers = new AnswerCache({ what: 'the catalogue', freshMs: catalogueLifeMs, clock, read });
  }

  /** Whether `get` answers without a call. */
  get isFresh(): boolean {
    return this.#answers.recall(only) !== undefined;
  }

  get(options: CallOptions): Promise<Catalogue> {
    return this.#answers.get(only, options);
  }
}

async function readCatalogue(
  client: DigitalOceanClient,
  clock: Clock,
  options: CallOptions,
): Promise<Catalogue> {
  const list = <T>(call: ListingCall<T>) => listWhole(client, clock, call, options);
  const [allSizes, allRegions, allImages] = await Promise.all([list(sizes), list(regions), list(images)]);
  return { sizes: allSizes, regions: allRegions, images: allImages.flatMap(({ slug }) => slug ?? []) };
}

function slugOf(offer: { readonly slug: string }): string {
  return offer.slug;
}
