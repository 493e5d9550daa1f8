import type { CloudSituation } from '../decide/input.ts';
import type { ResourceKey } from '../model/resource-key.ts';
import type { CallClass } from '../ports/budget.ts';
import type { Clock } from '../ports/clock.ts';
import type { Cloud, CloudAccount, CloudIdentity } from '../ports/cloud.ts';
import type { Log } from '../ports/log.ts';
import { faultOf } from '../ports/port-error.ts';
import { FleetView } from './fleet-view.ts';
import { pagesOf, pollInterval, sweepInterval } from './poll-interval.ts';
import { Ticker } from './ticker.ts';

export interface SiteOptions {
  readonly cloud: Cloud;
  readonly clock: Clock;
  readonly log: Log;
  readonly fleetTag: () => string;
  readonly pollMs: number;
  readonly sweepMs: number;
  /** Something about these droplets is news. */
  readonly onDroplets: (ids: readonly number[]) => void;
  /** Runs once, before anything is decided about this cloud. */
  readonly beforeFirstView: (site: CloudSite) => Promise<void>;
  /** A whole listing has come in. */
  readonly onListing: (site: CloudSite) => Promise<void>;
  /** The site can be worked with from now on, or cannot any more. */
  readonly onSituation: (site: CloudSite) => void;
}

const firstRetryMs = 1_000;
const longestRetryMs = 60_000;
/** A refused token is tried again this often: a person has to act. */
const unauthorisedRetryMs = 60_000;
/** So many failures in a row are told on the bots; fewer are a blip. */
const blip = 3;

/** One cloud account as seen through one token: its fleet view, kept fresh at a pace that the call budget allows. */
export class CloudSite {
  readonly cloud: Cloud;
  readonly view = new FleetView();
  readonly #options: SiteOptions;
  readonly #watched = new Map<ResourceKey, number>();
  readonly #ticker: Ticker;
  #identity: CloudIdentity | undefined;
  #account: CloudAccount | undefined;
  #trouble: CloudSituation['blocked'];
  readonly #toldScopes = new Set<string>();
  #failures = 0;
  #viewedTag: string | undefined;
  #lastPoll = Number.NEGATIVE_INFINITY;
  #abort = new AbortController();

  constructor(options: SiteOptions) {
    this.cloud = options.cloud;
    this.#options = options;
    this.#ticker = new Ticker(options.clock, () => this.#tick());
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get account(): CloudAccount | undefined {
    return this.#account;
  }

  /** Whether bots can be decided about: the first whole listing is in, or it is known why it is not. */
  get settled(): boolean {
    return this.#viewed || this.#trouble !== undefined;
  }

  situation(): CloudSituation {
    const base = { identity: this.#identity, viewed: this.#viewed };
    return this.#trouble ? { ...base, blocked: this.#trouble } : base;
  }

  start(): void {
    this.#ticker.at(0);
  }

  /** Lists the fleet as soon as may be. */
  sweepSoon(): void {
    this.#ticker.at(0);
  }

  stop(): void {
    this.#ticker.stop();
    this.#abort.abort(new Error('the controller stops'));
  }

  /** Polls the droplet until `watch` is called without one: it is on its way to another state. */
  watch(key: ResourceKey, dropletID: number | undefined): void {
    if (dropletID === undefined) this.#watched.delete(key);
    else if (this.#watched.get(key) !== dropletID) {
      this.#watched.set(key, dropletID);
      this.#plan();
    }
  }

  /**
   * Reads one droplet. A 404 proves absence when the droplet was seen before, here or `proven` elsewhere; else it is
   * `doubtful`.
   */
  async read(id: number, callClass: CallClass, proven = false): Promise<'alive' | 'gone' | 'doubtful'> {
    const begunAt = this.#options.clock.monotonic();
    try {
      const droplet = await this.cloud.getDroplet(id, { class: callClass, signal: this.signal });
      if (this.view.observe(droplet, begunAt, 'read')) this.#options.onDroplets([id]);
      return 'alive';
    } catch (error) {
      if (!faultOf(error, 'absent')) throw error;
      return this.#absent(id, proven);
    }
  }

  /** An answer that tells of the token or of the cloud's health, whoever got it. */
  note(error: unknown): void {
    const fault = faultOf(error, 'unauthorised');
    if (fault?.kind !== 'unauthorised') return;
    if (fault.missingScope !== undefined) this.#tellScope(fault.missingScope, error);
    else if (this.#trouble?.reason !== 'Unauthorised') this.#failed(error);
  }

  /** The droplet that the bot watches is another one than it records: a duplicate on its way out. */
  watcherOf(dropletID: number): ResourceKey | undefined {
    for (const [key, watched] of this.#watched) if (watched === dropletID) return key;
    return undefined;
  }

  #tellScope(scope: string, error: unknown): void {
    if (this.#toldScopes.has(scope)) return;
    this.#toldScopes.add(scope);
    const message = error instanceof Error ? error.message : String(error);
    this.#options.log.error({ scope }, `the token lacks the scope ${scope}: ${message}`);
  }

  #absent(id: number, proven: boolean): 'gone' | 'doubtful' {
    if (!proven && !this.view.wasSeen(id)) {
      this.view.markDoubtful(id);
      this.#options.onDroplets([id]);
      return 'doubtful';
    }
    this.view.markGone(id);
    this.#options.onDroplets([id]);
    return 'gone';
  }

  async #tick(): Promise<void> {
    try {
      await this.#refresh();
      this.#succeeded();
    } catch (error) {
      if (this.signal.aborted) return;
      this.#failed(error);
    }
  }

  async #refresh(): Promise<void> {
    await this.#connect();
    const ids = [...new Set(this.#watched.values())];
    this.#lastPoll = this.#options.clock.monotonic();
    const first = !this.#viewed;
    if (!first && ids.length > 0 && ids.length <= pagesOf(this.view.size) && !this.#sweepDue()) {
      await Promise.all(ids.map((id) => this.read(id, 'transition')));
      return;
    }
    await this.#list(first || ids.length > 0 ? 'transition' : 'background');
  }

  async #connect(): Promise<void> {
    if (this.#identity) return;
    const options = { class: 'transition', signal: this.signal } as const;
    this.#account = await this.cloud.account(options);
    this.#identity = await this.cloud.identity(options);
  }

  async #list(callClass: CallClass): Promise<void> {
    const begunAt = this.#options.clock.monotonic();
    const tag = this.#options.fleetTag();
    const droplets = await this.cloud.listByTag(tag, { class: callClass, signal: this.signal });
    const first = !this.#viewed;
    if (first) await this.#options.beforeFirstView(this);
    if (this.#viewedTag !== tag) this.view.clear();
    this.#viewedTag = tag;
    const changed = this.view.takeListing(droplets, begunAt);
    const taken = this.#options.onListing(this);
    if (first) this.#options.onSituation(this);
    else this.#options.onDroplets(changed);
    await taken;
  }

  /** A whole listing by the fleet's present tag is in; a fleet that was recovered has another one. */
  get #viewed(): boolean {
    return this.view.wholeSince !== undefined && this.#viewedTag === this.#options.fleetTag();
  }

  #succeeded(): void {
    this.#failures = 0;
    if (this.#trouble) {
      this.#trouble = undefined;
      this.#options.onSituation(this);
    }
    this.#plan();
  }

  #failed(error: unknown): void {
    this.#failures += 1;
    const fault = faultOf(error);
    const message = error instanceof Error ? error.message : String(error);
    this.#options.log.warn({ fault: fault?.kind, failures: this.#failures }, `cloud: ${message}`);
    if (fault?.kind === 'unauthorised') {
      this.#setTrouble({
        reason: 'Unauthorised',
        message: `${message} Set a valid DIGITALOCEAN_ACCESS_TOKEN`,
        stalled: true,
      });
      this.#ticker.at(unauthorisedRetryMs);
      return;
    }
    if (this.#failures >= blip) this.#setTrouble({ reason: 'CloudUnavailable', message, stalled: false });
    this.#ticker.at(
      Math.max(this.#retryMs(), fault?.kind === 'rateLimited' ? fault.until - this.#options.clock.now() : 0),
    );
  }

  #retryMs(): number {
    return Math.min(longestRetryMs, firstRetryMs * 2 ** (this.#failures - 1));
  }

  #setTrouble(trouble: NonNullable<CloudSituation['blocked']>): void {
    const before = this.#trouble;
    this.#trouble = trouble;
    if (before?.reason !== trouble.reason) this.#options.onSituation(this);
  }

  #sweepDue(): boolean {
    return this.#options.clock.monotonic() - (this.view.wholeSince ?? 0) >= this.#sweepMs();
  }

  #sweepMs(): number {
    return sweepInterval(this.#options.sweepMs, pagesOf(this.view.size), this.cloud.budget.snapshot());
  }

  /** Sets the next tick: soon while something is on its way, else when the next sweep is due. */
  #plan(): void {
    const now = this.#options.clock.monotonic();
    const sweepIn = (this.view.wholeSince ?? now) + this.#sweepMs() - now;
    const calls = Math.min(Math.max(1, this.#watched.size), pagesOf(this.view.size));
    const pollMs = pollInterval(this.#options.pollMs, calls, this.cloud.budget.snapshot());
    const pollIn = this.#watched.size > 0 ? this.#lastPoll + pollMs - now : Number.POSITIVE_INFINITY;
    this.#ticker.at(Math.max(0, Math.min(sweepIn, pollIn)));
  }
}
