import type { Clock } from '../../ports/clock.ts';
import type { CallOptions, Catalogue } from '../../ports/cloud.ts';
import { PortError } from '../../ports/port-error.ts';
import type { ApiClient } from './api-client.ts';
import { type ListingCall, listWhole } from './listing.ts';
import { readImage, readRegion, readSize } from './offer-readers.ts';
import { routes } from './routes.ts';

/** What is on offer changes a few times a year. */
const FRESH_MS = 3_600_000;

const sizes = { route: routes.listSizes, field: 'sizes', readItem: readSize, identify: slugOf };
const regions = { route: routes.listRegions, field: 'regions', readItem: readRegion, identify: slugOf };
const images = {
  route: routes.listImages,
  query: { type: 'distribution' },
  field: 'images',
  readItem: readImage,
  identify: (image: { id: number }) => image.id,
};

/** Sizes, regions and images on offer, read at most once an hour and by one reader at a time. */
export class CatalogueCache {
  readonly #client: ApiClient;
  readonly #clock: Clock;
  #known: { readonly catalogue: Catalogue; readonly readAt: number } | undefined;
  #flight: Promise<Catalogue> | undefined;

  constructor(client: ApiClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** Whether `get` answers without a call. */
  get isFresh(): boolean {
    return this.#known !== undefined && this.#clock.monotonic() - this.#known.readAt < FRESH_MS;
  }

  async get(options: CallOptions): Promise<Catalogue> {
    // The catalogue takes several calls, which find their own places.
    options.permit?.release();
    if (this.#known !== undefined && this.isFresh) return this.#known.catalogue;
    // Shared by all who ask meanwhile: no single caller's signal ends it, its own deadlines do.
    this.#flight ??= this.#read({ class: options.class }).finally(() => {
      this.#flight = undefined;
    });
    return await orAborted(this.#flight, options.signal);
  }

  async #read(options: CallOptions): Promise<Catalogue> {
    const list = <T>(call: ListingCall<T>) => listWhole(this.#client, this.#clock, call, options);
    const [allSizes, allRegions, allImages] = await Promise.all([list(sizes), list(regions), list(images)]);
    const slugs = allImages.flatMap(({ slug }) => slug ?? []);
    const catalogue = { sizes: allSizes, regions: allRegions, images: slugs };
    this.#known = { catalogue, readAt: this.#clock.monotonic() };
    return catalogue;
  }
}

function slugOf(offer: { readonly slug: string }): string {
  return offer.slug;
}

async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () =>
    reject(
      new PortError({ kind: 'unavailable' }, 'the wait for the catalogue was broken off', {
        cause: signal.reason,
      }),
    );
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
