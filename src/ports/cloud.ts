import type { ObservedDroplet, RequestedDroplet, SwitchAction } from '../model/spec/droplet-fields.ts';
import type { Budget, CallClass, Permit } from './budget.ts';

/**
 * Which cloud a droplet lives in: the API's base URL and the uuid of the team that the token works for
 * (`account.team.uuid` of `GET /v2/account`). A cloud that names no team is known by `account.uuid`, its user's.
 */
export interface CloudIdentity {
  readonly apiURL: string;
  readonly accountUUID: string;
}

export type DropletStatus = 'new' | 'active' | 'off' | 'archive';

/**
 * A droplet as the cloud shows it: what a declaration names (its tags in lower case), and the rest. `createdAt` is
 * ISO 8601.
 */
export interface Droplet extends ObservedDroplet {
  readonly id: number;
  readonly name: string;
  readonly status: DropletStatus;
  readonly diskGB: number;
  readonly publicIPv4?: string;
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

/** What `POST /v2/droplets` asks for: what is declared, with the tags that clawfleet adds, and the rest. */
export interface DropletRequest extends RequestedDroplet {
  readonly name: string;
  readonly userData: string;
}

/** What `POST /v2/droplets/{id}/actions` asks for. */
export type ActionRequest =
  | { readonly type: 'shutdown' | 'power_off' | 'power_on' | 'reboot' | SwitchAction }
  | { readonly type: 'resize'; readonly size: string; readonly disk: boolean }
  | { readonly type: 'rename'; readonly name: string };

export interface CloudAccount {
  /** The team's where the cloud names one, else the user's: `CloudIdentity.accountUUID`. */
  readonly uuid: string;
  /** The person's who made the token. Two members of one team differ in it; one person has the same in every team. */
  readonly userUUID: string;
  readonly dropletLimit: number;
  /** A status that is not known here counts as `warning`, its word standing in the message. */
  readonly status: 'active' | 'warning' | 'locked';
  /** What the cloud says of the status; often empty. */
  readonly statusMessage: string;
}

/** An image of any kind: a distribution, a 1-Click application, a snapshot, a backup or an upload. */
export interface ImageOffer {
  readonly id: number;
  /** Public images alone have one. */
  readonly slug?: string;
  readonly name: string;
  /** Only an `available` image can be made a droplet of; `NEW`, `pending`, `deleted` and `retired` cannot. */
  readonly status: string;
  readonly regions: readonly string[];
  /** A droplet of it needs a disk of at least so many GB. */
  readonly minDiskGB: number;
}

export interface VPC {
  readonly uuid: string;
  readonly region: string;
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

/** Sizes and regions on offer, and some of the images. */
export interface Catalogue {
  readonly sizes: readonly SizeOffer[];
  readonly regions: readonly RegionOffer[];
  /** Slugs of the distributions: examples for a message. Whether an image exists `Cloud.image` knows. */
  readonly images: readonly string[];
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** How urgent the call is. */
  readonly class: CallClass;
  /** A place in the budget taken beforehand (`Budget.reserve`); the call then does not queue. */
  readonly permit?: Permit;
}

export interface FreshOptions extends CallOptions {
  /** Asks the cloud, whatever is remembered. */
  readonly fresh?: boolean;
}

export interface ListingOptions extends CallOptions {
  /** Lists GPU droplets too, which the cloud leaves out of plain lists: one more call for each 200 of them. */
  readonly gpus?: boolean;
  /**
   * What is known of a droplet: one that is still exactly so is given as that very object, so that a sweep of a fleet
   * at rest leaves nothing behind.
   */
  readonly known?: (id: number) => Droplet | undefined;
}

/** A row of a listing that is no droplet as promised: `why` names the field. */
export interface UnreadableRow {
  readonly id?: number;
  readonly name?: string;
  readonly why: string;
}

/**
 * What a whole listing showed: every page was read and the totals add up. With an unreadable row in it the listing
 * proves no absence, for any droplet may be that row; what it does show is there.
 */
export interface Listing {
  readonly droplets: readonly Droplet[];
  readonly unreadable: readonly UnreadableRow[];
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
  /**
   * The cloud's time, epoch milliseconds, within 2 s: measured from the dates of its answers against the monotonic
   * clock, so that no step of our wall clock moves it. Undefined before the first answer.
   */
  cloudNow(): number | undefined;
  /** Cached for an hour. */
  catalogue(options: CallOptions): Promise<Catalogue>;
  /** Throws `absent` when the account can see no such image. Known ones are cached for a minute. */
  image(idOrSlug: string, options: FreshOptions): Promise<ImageOffer>;
  /**
   * Resolves when the account has that key; throws `absent` when it has not, and `rateLimited` when the limit on key
   * look-ups (10 in 60 s) is reached, which hinders no other call. Known keys are cached for 10 minutes.
   */
  sshKey(idOrFingerprint: string, options: FreshOptions): Promise<void>;
  /** Throws `absent` when the account has no such VPC. Known ones are cached for a minute. */
  vpc(uuid: string, options: FreshOptions): Promise<VPC>;

  createDroplet(request: DropletRequest, options: CallOptions): Promise<Droplet>;
  /** Throws `absent` when the API answers 404. */
  getDroplet(id: number, options: CallOptions): Promise<Droplet>;
  /** Every droplet with the tag, all pages, each id once; throws unless the listing was whole. */
  listByTag(tag: string, options: ListingOptions): Promise<Listing>;
  /** Every droplet of exactly that name, all pages, and every unreadable row that may be one. */
  listByName(name: string, options: ListingOptions): Promise<Listing>;
  /** Resolves when the API has taken the order (204) or knows no such droplet (404): no proof of death. */
  deleteDroplet(id: number, options: CallOptions): Promise<void>;

  act(dropletID: number, request: ActionRequest, options: CallOptions): Promise<CloudAction>;
  /** Throws `absent` when there is no such action. */
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
