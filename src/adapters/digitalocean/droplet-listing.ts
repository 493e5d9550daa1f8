import type { Clock } from '../../ports/clock.ts';
import type { Listing, ListingOptions } from '../../ports/cloud.ts';
import { listWhole } from './listing.ts';
import { type DropletRow, dropletRowReader, listingOf, rowIdentity } from './readers/droplet-rows.ts';
import type { DigitalOceanClient } from './transport/digital-ocean-client.ts';
import { withoutPermit } from './transport/malformed-answer.ts';
import { routes } from './transport/routes.ts';

/** Whole listings of one account's droplets. */
export class DropletListing {
  readonly #client: DigitalOceanClient;
  readonly #clock: Clock;

  constructor(client: DigitalOceanClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  byTag(tag: string, options: ListingOptions): Promise<Listing> {
    const bears = (row: DropletRow) => !('tags' in row) || row.tags.includes(tag.toLowerCase());
    return this.#list({ tag_name: tag }, bears, options);
  }

  /**
   * The API ignores case in names, so the exact name is picked here; a row
   * without a readable name may bear it.
   */
  async byName(name: string, options: ListingOptions): Promise<Listing> {
    const bears = (row: DropletRow) => row.name === undefined || row.name === name;
    const { droplets, unreadable } = await this.#list({ name }, bears, options);
    return { droplets: droplets.filter(bears), unreadable: unreadable.filter(bears) };
  }

  async #list(
    query: Record<string, string>,
    bears: (row: DropletRow) => boolean,
    options: ListingOptions,
  ): Promise<Listing> {
    const plain = await this.#rows(query, options);
    if (!options.gpus) return listingOf(plain);
    // The API accepts no `type` beside a tag: it lists all GPU droplets, and the wanted ones are picked here.
    const gpus = await this.#rows({ type: 'gpus' }, withoutPermit(options));
    const rows = new Map([...plain, ...gpus.filter(bears)].map((row) => [rowIdentity(row), row]));
    return listingOf([...rows.values()]);
  }

  #rows(query: Record<string, string>, options: ListingOptions): Promise<DropletRow[]> {
    const readItem = dropletRowReader(options.known);
    const call = { route: routes.listDroplets, query, field: 'droplets', readItem, identify: rowIdentity };
    return listWhole(this.#client, this.#clock, call, options);
  }
}
