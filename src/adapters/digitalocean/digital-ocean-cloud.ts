import type { Budget } from '../../ports/budget.ts';
import type { Clock } from '../../ports/clock.ts';
import * as port from '../../ports/cloud.ts';
import { faultOf } from '../../ports/port-error.ts';
import { CatalogueCache } from './catalogue/catalogue-cache.ts';
import { Lookups } from './catalogue/lookups.ts';
import { RefusalHelper } from './catalogue/refusal-helper.ts';
import { actionBody, dropletBody } from './droplet-body.ts';
import { DropletListing } from './droplet-listing.ts';
import { newestFirst, readAction } from './readers/action-reader.ts';
import { readDroplet } from './readers/droplet-reader.ts';
import { readAccount } from './readers/offer-readers.ts';
import { probeScopes, type ScopeReport } from './scopes.ts';
import { putTag, takeTag } from './tagging.ts';
import type { CloudTimer } from './transport/cloud-timer.ts';
import type { DigitalOceanClient } from './transport/digital-ocean-client.ts';
import { asArray, nothing, under } from './transport/malformed-answer.ts';
import { routes } from './transport/routes.ts';

export interface DigitalOceanCloudOptions {
  /** The URL in the identity: two clouds of one URL and account are the same. */
  readonly apiURL: string;
  readonly client: DigitalOceanClient;
  readonly budget: Budget;
  readonly clock: Clock;
  /** The client feeds it. */
  readonly timer: CloudTimer;
}

/** One DigitalOcean account through one token. */
export class DigitalOceanCloud implements port.Cloud {
  readonly apiURL: string;
  readonly budget: Budget;
  readonly #client: DigitalOceanClient;
  readonly #timer: CloudTimer;
  readonly #listing: DropletListing;
  readonly #lookups: Lookups;
  readonly #catalogue: CatalogueCache;
  readonly #helper: RefusalHelper;
  #accountUUID: string | undefined;

  constructor({ apiURL, client, budget, clock, timer }: DigitalOceanCloudOptions) {
    this.budget = budget;
    this.apiURL = apiURL;
    this.#client = client;
    this.#timer = timer;
    this.#listing = new DropletListing(client, clock);
    this.#lookups = new Lookups(client, clock);
    this.#catalogue = new CatalogueCache(client, clock);
    this.#helper = new RefusalHelper({ catalogue: this.#catalogue, lookups: this.#lookups, budget, clock });
  }

  async identity(options: port.CallOptions): Promise<port.CloudIdentity> {
    if (this.#accountUUID !== undefined) options.permit?.release();
    const accountUUID = this.#accountUUID ?? (await this.account(options)).uuid;
    return { apiURL: this.apiURL, accountUUID };
  }

  async account(options: port.CallOptions): Promise<port.CloudAccount> {
    const account = await this.#client.call({ route: routes.getAccount, read: readAccount }, options);
    this.#accountUUID = account.uuid;
    return account;
  }

  cloudNow(): number | undefined {
    return this.#timer.now();
  }

  catalogue(options: port.CallOptions): Promise<port.Catalogue> {
    return this.#catalogue.get(options);
  }

  image(idOrSlug: string, options: port.FreshOptions): Promise<port.ImageOffer> {
    return this.#lookups.image(idOrSlug, options);
  }

  sshKey(idOrFingerprint: string, options: port.FreshOptions): Promise<void> {
    return this.#lookups.key(idOrFingerprint, options);
  }

  vpc(uuid: string, options: port.FreshOptions): Promise<port.VPC> {
    return this.#lookups.vpc(uuid, options);
  }

  /** The read scopes that the token lacks, found with GETs alone. */
  probeScopes(options: port.CallOptions): Promise<ScopeReport> {
    return probeScopes(this.#client, options);
  }

  async createDroplet(request: port.DropletRequest, options: port.CallOptions): Promise<port.Droplet> {
    const body = dropletBody(request);
    try {
      return await this.#client.call(
        { route: routes.createDroplet, body, read: under('droplet', readDroplet) },
        options,
      );
    } catch (error) {
      throw await this.#helper.explain(error, request);
    }
  }

  getDroplet(id: number, options: port.CallOptions): Promise<port.Droplet> {
    return this.#client.call(
      { route: routes.getDroplet, parameter: id, read: under('droplet', readDroplet) },
      options,
    );
  }

  listByTag(tag: string, options: port.ListingOptions): Promise<port.Listing> {
    return this.#listing.byTag(tag, options);
  }

  listByName(name: string, options: port.ListingOptions): Promise<port.Listing> {
    return this.#listing.byName(name, options);
  }

  async deleteDroplet(id: number, options: port.CallOptions): Promise<void> {
    try {
      await this.#client.call({ route: routes.deleteDroplet, parameter: id, read: nothing }, options);
    } catch (error) {
      if (faultOf(error, 'absent') === undefined) throw error;
    }
  }

  async act(
    dropletID: number,
    request: port.ActionRequest,
    options: port.CallOptions,
  ): Promise<port.CloudAction> {
    const body = actionBody(request);
    const read = under('action', readAction);
    try {
      return await this.#client.call({ route: routes.act, parameter: dropletID, body, read }, options);
    } catch (error) {
      if (request.type !== 'resize') throw error;
      throw await this.#helper.explain(error, { size: request.size, region: undefined, image: undefined });
    }
  }

  getAction(id: number, options: port.CallOptions): Promise<port.CloudAction> {
    return this.#client.call(
      { route: routes.getAction, parameter: id, read: under('action', readAction) },
      options,
    );
  }

  listActions(dropletID: number, options: port.CallOptions): Promise<readonly port.CloudAction[]> {
    const read = under('actions', (json) => newestFirst(asArray(json, 'actions').map(readAction)));
    const query = { per_page: String(port.pageSize) };
    return this.#client.call({ route: routes.listActions, parameter: dropletID, query, read }, options);
  }

  tag(dropletID: number, tag: string, options: port.CallOptions): Promise<void> {
    return putTag(this.#client, dropletID, tag, options);
  }

  untag(dropletID: number, tag: string, options: port.CallOptions): Promise<void> {
    return takeTag(this.#client, dropletID, tag, options);
  }

  async assignToProject(dropletID: number, projectID: string, options: port.CallOptions): Promise<void> {
    const body = { resources: [`do:droplet:${dropletID}`] };
    await this.#client.call(
      { route: routes.assignToProject, parameter: projectID, body, read: nothing },
      options,
    );
  }
}
