import type { Budget, CallClass, Permit } from './budget.ts';

/** Which cloud a droplet lives in: the API's base URL and the account's uuid (`GET /v2/account`). */
export interface CloudIdentity {
  readonly apiURL: string;
  readonly accountUUID: string;
}

export type DropletStatus = 'new' | 'active' | 'off' | 'archive';

/** A droplet as the cloud tells it. Tags are folded to lower case; `createdAt` is ISO 8601. */
export interface Droplet {
  readonly id: number;
  readonly name: string;
  readonly status: DropletStatus;
  readonly tags: readonly string[];
  readonly region: string;
  readonly size: string;
  readonly image: string;
  readonly diskGB: number;
  readonly publicIPv4?: string;
  readonly backups: boolean;
  readonly ipv6: boolean;
  readonly monitoring: boolean;
  readonly vpcUUID?: string;
  readonly createdAt: string;
  readonly priceMonthlyUSD: number;
}

export interface CloudAction {
  readonly id: number;
  readonly type: string;
  readonly status: 'in-progress' | 'completed' | 'errored';
  readonly startedAt: string;
  readonly dropletID: number;
}

/** What `POST /v2/droplets` is told. */
export interface DropletRequest {
  readonly name: string;
  readonly region: string;
  readonly size: string;
  readonly image: string;
  readonly sshKeys: readonly string[];
  readonly tags: readonly string[];
  readonly monitoring: boolean;
  readonly backups: boolean;
  readonly ipv6: boolean;
  readonly vpcUUID?: string;
  readonly userData: string;
}

/** What `POST /v2/droplets/{id}/actions` is told. */
export type ActionRequest =
  | {
      readonly type:
        | 'shutdown'
        | 'power_off'
        | 'power_on'
        | 'reboot'
        | 'enable_backups'
        | 'disable_backups'
        | 'enable_ipv6';
    }
  | { readonly type: 'resize'; readonly size: string; readonly disk: boolean }
  | { readonly type: 'rename'; readonly name: string };

export interface CloudAccount {
  readonly uuid: string;
  readonly dropletLimit: number;
}

export interface SizeOffer {
  readonly slug: string;
  readonly priceMonthlyUSD: number;
  readonly diskGB: number;
  readonly regions: readonly string[];
  readonly available: boolean;
}

export interface RegionOffer {
  readonly slug: string;
  readonly available: boolean;
  readonly sizes: readonly string[];
}

/** Sizes, regions and public image slugs on offer. */
export interface Catalogue {
  readonly sizes: readonly SizeOffer[];
  readonly regions: readonly RegionOffer[];
  readonly images: readonly string[];
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** How urgent the call is. */
  readonly class: CallClass;
  /** A place in the budget taken beforehand (`Budget.reserve`); the call then does not queue. */
  readonly permit?: Permit;
}

export interface ListingOptions extends CallOptions {
  /**
   * What is known of a droplet: one that is still exactly so is given as that very object, so that a sweep of a fleet
   * at rest leaves nothing behind.
   */
  readonly known?: (id: number) => Droplet | undefined;
}

/**
 * One cloud account seen through one token. Reads may be repeated by the adapter; a mutation is sent at most
 * once a call. Every failure is a PortError; no read returns a part for the whole.
 */
export interface Cloud {
  /** Base URL of the API. */
  readonly apiURL: string;
  readonly budget: Budget;
  /** Learns which account the token belongs to. Cached once known. */
  identity(options: CallOptions): Promise<CloudIdentity>;
  account(options: CallOptions): Promise<CloudAccount>;
  /** Cached for an hour. */
  catalogue(options: CallOptions): Promise<Catalogue>;

  createDroplet(request: DropletRequest, options: CallOptions): Promise<Droplet>;
  /** Throws `absent` when the API answers 404. */
  getDroplet(id: number, options: CallOptions): Promise<Droplet>;
  /** Every droplet with the tag, all pages, each id once; throws unless the listing was whole. */
  listByTag(tag: string, options: ListingOptions): Promise<readonly Droplet[]>;
  /** Every droplet of exactly that name, all pages. */
  listByName(name: string, options: CallOptions): Promise<readonly Droplet[]>;
  /** Resolves when the API has taken the order (204) or knows no such droplet (404): no proof of death. */
  deleteDroplet(id: number, options: CallOptions): Promise<void>;

  act(dropletID: number, request: ActionRequest, options: CallOptions): Promise<CloudAction>;
  getAction(id: number, options: CallOptions): Promise<CloudAction>;
  /** The droplet's newest actions, newest first, at least one page. */
  listActions(dropletID: number, options: CallOptions): Promise<readonly CloudAction[]>;

  /** Makes the tag if need be and puts it on the droplet. */
  tag(dropletID: number, tag: string, options: CallOptions): Promise<void>;
  untag(dropletID: number, tag: string, options: CallOptions): Promise<void>;
  assignToProject(dropletID: number, projectID: string, options: CallOptions): Promise<void>;
}

/** Clouds by token: the controller's own, or an account's. The same token gives the same Cloud. */
export interface Clouds {
  /** The cloud of `token`, or of the controller's own token when none is given. Never sends anything. */
  forToken(token: string | undefined): Cloud;
  /** Nobody has that cloud's token any more: it is forgotten; calls under way come to their end. */
  release(cloud: Cloud): void;
}

/** Most droplets on one page of a listing (https://docs.digitalocean.com/reference/api/, `per_page`). */
export const pageSize = 200;
