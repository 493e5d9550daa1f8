import { pick } from '../../kit/pick.ts';
import { observedFields } from '../../model/spec/droplet-fields.ts';
import type { Budget } from '../../ports/budget.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  ActionRequest,
  CallOptions,
  Catalogue,
  Cloud,
  CloudAccount,
  CloudAction,
  CloudIdentity,
  Droplet,
  DropletRequest,
  FreshOptions,
  ImageOffer,
  Listing,
  ListingOptions,
  VPC,
} from '../../ports/cloud.ts';
import { PortError } from '../../ports/port-error.ts';
import { afterAction } from './after-action.ts';

/** One call that would change the cloud. */
export interface DryRunCall {
  /** Method and route, such as `POST /v2/droplets`, with what it would say. */
  readonly call: string;
  readonly dropletID: number;
  readonly dropletName: string;
}

/** Far above any real id, so that no imagined droplet is taken for one that exists. */
const firstImaginedID = 9_000_000_000_000;

/**
 * A real cloud's present, and an imagined future: reads go to the real one until something about a droplet was
 * imagined; changes are imagined alone, take effect at once, and are noted.
 */
export class DryRunCloud implements Cloud {
  readonly apiURL: string;
  readonly budget = unlimitedBudget;
  readonly calls: DryRunCall[] = [];
  readonly #real: Cloud;
  readonly #clock: Clock;
  readonly #imagined = new Map<number, Droplet | 'gone'>();
  readonly #pending = new Set<Promise<unknown>>();
  /** Newest last. */
  readonly #actions: CloudAction[] = [];
  /** The cloud's time minus ours. */
  #aheadMs: number | undefined;
  #catalogue: Catalogue | undefined;
  #nextID = firstImaginedID;

  constructor(real: Cloud, clock: Clock) {
    this.#real = real;
    this.#clock = clock;
    this.apiURL = real.apiURL;
  }

  identity(options: CallOptions): Promise<CloudIdentity> {
    return this.#ask(this.#real.identity(options));
  }

  account(options: CallOptions): Promise<CloudAccount> {
    return this.#ask(this.#real.account(options));
  }

  /** As far from the imagined clock as the real cloud's time was when it first was known: the future is imagined too. */
  cloudNow(): number | undefined {
    const realNow = this.#real.cloudNow();
    if (realNow !== undefined) this.#aheadMs ??= realNow - this.#clock.now();
    return this.#aheadMs === undefined ? undefined : this.#clock.now() + this.#aheadMs;
  }

  image(idOrSlug: string, options: FreshOptions): Promise<ImageOffer> {
    return this.#ask(this.#real.image(idOrSlug, options));
  }

  sshKey(idOrFingerprint: string, options: FreshOptions): Promise<void> {
    return this.#ask(this.#real.sshKey(idOrFingerprint, options));
  }

  vpc(uuid: string, options: FreshOptions): Promise<VPC> {
    return this.#ask(this.#real.vpc(uuid, options));
  }

  async catalogue(options: CallOptions): Promise<Catalogue> {
    this.#catalogue ??= await this.#ask(this.#real.catalogue(options));
    return this.#catalogue;
  }

  async createDroplet(request: DropletRequest, options: CallOptions): Promise<Droplet> {
    options.permit?.release();
    const droplet = await this.#imagine(request, options);
    this.#note(`POST /v2/droplets (${request.size} in ${request.region}, ${request.image})`, droplet);
    this.#imagined.set(droplet.id, { ...droplet, status: 'active', publicIPv4: '192.0.2.1' });
    return droplet;
  }

  async getDroplet(id: number, options: CallOptions): Promise<Droplet> {
    const known = this.#imagined.get(id);
    if (known === 'gone') throw new PortError({ kind: 'absent' }, `droplet ${id} would be gone`);
    return known ?? this.#ask(this.#real.getDroplet(id, options));
  }

  listByTag(tag: string, options: ListingOptions): Promise<Listing> {
    return this.#overlaid(this.#ask(this.#real.listByTag(tag, options)), (droplet) =>
      droplet.tags.includes(tag),
    );
  }

  listByName(name: string, options: ListingOptions): Promise<Listing> {
    return this.#overlaid(
      this.#ask(this.#real.listByName(name, options)),
      (droplet) => droplet.name === name,
    );
  }

  async deleteDroplet(id: number, options: CallOptions): Promise<void> {
    this.#note(`DELETE /v2/droplets/${id}`, await this.getDroplet(id, options));
    this.#imagined.set(id, 'gone');
  }

  async act(id: number, request: ActionRequest, options: CallOptions): Promise<CloudAction> {
    const droplet = await this.getDroplet(id, options);
    this.#note(`POST /v2/droplets/${id}/actions (${actionText(request)})`, droplet);
    this.#imagined.set(id, afterAction(droplet, request, await this.catalogue(options)));
    const done = { id: this.#nextID++, type: request.type, status: 'completed', dropletID: id } as const;
    const action = { ...done, startedAt: this.#stamp() };
    this.#actions.push(action);
    return action;
  }

  async getAction(id: number, options: CallOptions): Promise<CloudAction> {
    const imagined = this.#actions.find((action) => action.id === id);
    return imagined ?? this.#ask(this.#real.getAction(id, options));
  }

  async listActions(dropletID: number, options: CallOptions): Promise<readonly CloudAction[]> {
    const imagined = this.#actions.filter((action) => action.dropletID === dropletID).toReversed();
    if (dropletID >= firstImaginedID) return imagined;
    return [...imagined, ...(await this.#ask(this.#real.listActions(dropletID, options)))];
  }

  async tag(id: number, tag: string, options: CallOptions): Promise<void> {
    const droplet = await this.getDroplet(id, options);
    this.#note(`POST /v2/tags/${tag}/resources`, droplet);
    this.#imagined.set(id, { ...droplet, tags: [...droplet.tags, tag] });
  }

  async untag(id: number, tag: string, options: CallOptions): Promise<void> {
    const droplet = await this.getDroplet(id, options);
    this.#note(`DELETE /v2/tags/${tag}/resources`, droplet);
    this.#imagined.set(id, { ...droplet, tags: droplet.tags.filter((other) => other !== tag) });
  }

  async assignToProject(id: number, projectID: string, options: CallOptions): Promise<void> {
    this.#note(`POST /v2/projects/${projectID}/resources`, await this.getDroplet(id, options));
  }

  async #overlaid(real: Promise<Listing>, belongs: (droplet: Droplet) => boolean): Promise<Listing> {
    const { droplets, unreadable } = await real;
    const present = droplets.filter((droplet) => !this.#imagined.has(droplet.id));
    const imagined = [...this.#imagined.values()].filter((droplet) => droplet !== 'gone');
    return { droplets: [...present, ...imagined.filter(belongs)], unreadable };
  }

  async #imagine(request: DropletRequest, options: CallOptions): Promise<Droplet> {
    const { sizes } = await this.catalogue(options);
    const offer = sizes.find(({ slug }) => slug === request.size);
    return {
      ...pick(request, observedFields),
      id: this.#nextID++,
      name: request.name,
      status: 'new',
      diskGB: offer?.diskGB ?? 0,
      priceMonthlyUSD: offer?.priceMonthlyUSD ?? 0,
      createdAt: this.#stamp(),
    };
  }

  /** Waits for the calls to the real cloud that are under way; false when there were none. */
  async idle(): Promise<boolean> {
    if (this.#pending.size === 0) return false;
    await Promise.allSettled(this.#pending);
    return true;
  }

  #ask<T>(call: Promise<T>): Promise<T> {
    this.#pending.add(call);
    const done = () => this.#pending.delete(call);
    call.then(done, done);
    return call;
  }

  /** The present as the cloud writes it. */
  #stamp(): string {
    return new Date(this.cloudNow() ?? this.#clock.now()).toISOString();
  }

  #note(call: string, droplet: Droplet): void {
    this.calls.push({ call, dropletID: droplet.id, dropletName: droplet.name });
  }
}

function actionText(request: ActionRequest): string {
  if (request.type === 'resize') return `resize to ${request.size}`;
  return request.type === 'rename' ? `rename to ${request.name}` : request.type;
}

const endless = Number.POSITIVE_INFINITY;

/** Imagined calls cost nothing. */
const unlimitedBudget: Budget = {
  reserve: () => ({ release: () => {} }),
  nextAt: () => 0,
  snapshot: () => ({
    hourlyLimit: endless,
    hourlyRemaining: endless,
    minuteLimit: endless,
    minuteRemaining: endless,
    blockedUntil: 0,
    queued: 0,
  }),
  onCapacity: () => () => {},
};
