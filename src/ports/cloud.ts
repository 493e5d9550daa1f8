import type { ObservedDroplet, RequestedDroplet, SwitchAction } from '../model/spec/droplet-fields.ts';
import type { Budget, CallClass, Permit } from './budget.ts';

/**
 * Which cloud a droplet lives in: the API's base URL and the uuid of the team that the token
 * works for (`account.team.uuid` of `GET /v2/account`). A cloud that names no team is
 * identified by `account.uuid`, its user's.
 */
export interface CloudIdentity {
  readonly apiURL: string;
  readonly accountUUID: string;
}

export type DropletStatus = 'new' | 'active' | 'off' | 'archive';

/**
 * A droplet as the cloud shows it: the fields that a declaration names (tags in lower case),
 * and the rest. `createdAt` is ISO 8601.
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

/** The body of `POST /v2/droplets`: the declared fields, with the tags that clawfleet adds, and the rest. */
export interface DropletRequest extends RequestedDroplet {
  readonly name: string;
  readonly userData: string;
}

/** The body of `POST /v2/droplets/{id}/actions`. */
export type ActionRequest =
  | { readonly type: 'shutdown' | 'power_off' | 'power_on' | 'reboot' | SwitchAction }
  | { readonly type: 'resize'; readonly size: string; readonly disk: boolean }
  | { readonly type: 'rename'; readonly name: string };

export interface CloudAccount {
  /** The team's uuid if the cloud names a team, else the user's: `CloudIdentity.accountUUID`. */
  readonly uuid: string;
  /**
   * The uuid of the person who made the token. Members of one team differ in it; one
   * person has the same in every team.
   */
  readonly userUUID: string;
  readonly dropletLimit: number;
  /** An unknown status counts as `warning`, with its name in the message. */
  readonly status: 'active' | 'warning' | 'locked';
  /** What the cloud says about the status; often empty. */
  readonly statusMessage: string;
}

/** An image of any kind: a distribution, a 1-Click application, a snapshot, a backup or an upload. */
export interface ImageOffer {
  readonly id: number;
  /** Only public images have one. */
  readonly slug?: string;
  readonly name: string;
  /**
   * A droplet can be created only from an `available` image, not from a `NEW`,
   * `pending`, `deleted` or `retired` one.
   */
  readonly status: string;
  readonly regions: readonly string[];
  /** The smallest disk, in GB, that a droplet of this image needs. */
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
  /**
   * Slugs of the distributions, as examples for messages. Whether an image
   * exists is answered by `Cloud.image`.
   */
  readonly images: readonly string[];
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** How urgent the call is. */
  readonly class: CallClass;
  /** A permit taken beforehand (`Budget.reserve`); the call then does not queue. */
  readonly permit?: Permit;
}

export interface FreshOptions extends CallOptions {
  /** Asks the cloud even if the answer is cached. */
  readonly fresh?: boolean;
}

export interface ListingOptions extends CallOptions {
  /** Lists GPU droplets too, which the cloud leaves out of plain lists: one more call per 200 of them. */
  readonly gpus?: boolean;
  /**
   * The droplet as last seen. If it is unchanged the listing returns that very object, so that a sweep of a
   * fleet at rest allocates nothing that stays.
   */
  readonly known?: (id: number) => Droplet | undefined;
}

/** A row of a listing that does not have the documented shape of a droplet: `why` names the field. */
export interface UnreadableRow {
  readonly id?: number;
  readonly name?: string;
  readonly why: string;
}

/**
 * The result of a whole listing: every page was read and the totals add up. If a row is unreadable the
 * listing proves no absence, as any droplet may be that row; the droplets that it does show exist.
 */
export interface Listing {
  readonly droplets: readonly Droplet[];
  readonly unreadable: readonly UnreadableRow[];
}

/**
 * One cloud account seen through one token. The adapter may retry reads; it sends a mutation at most once
 * per call. Every failure is a PortError; no read passes off a part as the whole.
 */
export interface Cloud {
  /** Base URL of the API. */
  readonly apiURL: string;
  readonly budget: Budget;
  /** Learns which account the token belongs to. Cached once known. */
  identity(options: CallOptions): Promise<CloudIdentity>;
  account(options: CallOptions): Promise<CloudAccount>;
  /**
   * The cloud's time in epoch milliseconds, within 2 s. It is measured from the dates of its answers against
   * the monotonic clock, so that no step of our wall clock moves it. Undefined before the first answer.
   */
  cloudNow(): number | undefined;
  /** Cached for an hour. */
  catalogue(options: CallOptions): Promise<Catalogue>;
  /** Throws `absent` if the account can see no such image. Images found are cached for a minute. */
  image(idOrSlug: string, options: FreshOptions): Promise<ImageOffer>;
  /**
   * Resolves if the account has that key; throws `absent` if it does not, and `rateLimited`
   * when the limit on key look-ups (10 in 60 s) is reached, which holds up no other call.
   * Keys found are cached for 10 minutes.
   */
  sshKey(idOrFingerprint: string, options: FreshOptions): Promise<void>;
  /** Throws `absent` if the account has no such VPC. VPCs found are cached for a minute. */
  vpc(uuid: string, options: FreshOptions): Promise<VPC>;

  createDroplet(request: DropletRequest, options: CallOptions): Promise<Droplet>;
  /** Throws `absent` if the API answers 404. */
  getDroplet(id: number, options: CallOptions): Promise<Droplet>;
  /** Every droplet with the tag, from all pages, each id once; throws unless the listing was whole. */
  listByTag(tag: string, options: ListingOptions): Promise<Listing>;
  /** Every droplet of exactly that name, from all pages, and every unreadable row that may be one. */
  listByName(name: string, options: ListingOptions): Promise<Listing>;
  /**
   * Resolves when the API has accepted the order (204) or knows no such droplet (404):
   * no proof that the droplet is gone.
   */
  deleteDroplet(id: number, options: CallOptions): Promise<void>;

  act(dropletID: number, request: ActionRequest, options: CallOptions): Promise<CloudAction>;
  /** Throws `absent` if there is no such action. */
  getAction(id: number, options: CallOptions): Promise<CloudAction>;
  /** The droplet's newest actions, newest first, at least one page. */
  listActions(dropletID: number, options: CallOptions): Promise<readonly CloudAction[]>;

  /** Creates the tag if necessary and puts it on the droplet. */
  tag(dropletID: number, tag: string, options: CallOptions): Promise<void>;
  untag(dropletID: number, tag: string, options: CallOptions): Promise<void>;
  assignToProject(dropletID: number, projectID: string, options: CallOptions): Promise<void>;
}

/** Clouds by token: the controller's own, or an account's. The same token gives the same Cloud. */
export interface Clouds {
  /** The cloud of `token`, or of the controller's own token if none is given. Never sends anything. */
  forToken(token: string | undefined): Cloud;
  /** Forgets a cloud whose token no account uses any more; calls under way still finish. */
  release(cloud: Cloud): void;
}

/** The most droplets on one page of a listing (https://docs.digitalocean.com/reference/api/, `per_page`). */
export const pageSize = 200;
