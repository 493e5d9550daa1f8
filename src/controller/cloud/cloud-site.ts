import type { CloudSituation } from '../../decide/input.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { CallClass } from '../../ports/budget.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Cloud, CloudAccount, Droplet, UnreadableRow } from '../../ports/cloud.ts';
import type { Log } from '../../ports/log.ts';
import { faultOf } from '../../ports/port-error.ts';
import { Ticker } from '../queue/ticker.ts';
import type { CreateAdmission } from '../quota/admission.ts';
import { FleetView } from './fleet-view.ts';
import { IncidentWatch } from './incident-watch.ts';
import { PollSchedule, WatchList } from './poll-schedule.ts';
import { SiteAccount, standingOf } from './site-account.ts';
import { SiteTrouble } from './site-trouble.ts';

export interface SiteOptions {
  readonly cloud: Cloud;
  readonly admission: CreateAdmission;
  /** What a person has to do when the token is refused. */
  readonly remedy: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly fleetTag: () => string;
  /** Whether any bot has, or wants, a droplet that plain listings leave out. */
  readonly usesGPUs: () => boolean;
  readonly pollMs: number;
  readonly sweepMs: number;
  /** A droplet whose absence had been proven is back. */
  readonly onReturn: (site: CloudSite, id: number) => void;
  /** Something about these droplets has changed. */
  readonly onDroplets: (ids: readonly number[]) => void;
  /** Runs once, before anything is decided about this cloud. */
  readonly beforeFirstView: (site: CloudSite, listed: readonly Droplet[]) => Promise<void>;
  /** A whole listing has come in. */
  readonly onListing: (site: CloudSite) => Promise<void>;
  /** The site has become usable, or unusable. */
  readonly onSituation: (site: CloudSite) => void;
}

/** One cloud account as seen through one token: its fleet view, kept fresh at a pace that the call budget allows. */
export class CloudSite {
  readonly cloud: Cloud;
  readonly admission: CreateAdmission;
  readonly view = new FleetView();
  readonly incidents: IncidentWatch;
  readonly #options: SiteOptions;
  readonly #watched = new WatchList();
  readonly #account: SiteAccount;
  readonly #pace: PollSchedule;
  readonly #trouble: SiteTrouble;
  readonly #ticker: Ticker;
  readonly #abort = new AbortController();
  #viewedTag: string | undefined;
  #isFirstView = false;
  #unreadable = '';

  constructor(options: SiteOptions) {
    const { cloud, admission, remedy, clock, log, pollMs, sweepMs } = options;
    this.cloud = cloud;
    this.admission = admission;
    this.#options = options;
    this.incidents = new IncidentWatch(clock, log);
    this.#account = new SiteAccount(cloud, clock, log);
    const { view } = this;
    this.#pace = new PollSchedule({
      clock,
      budget: cloud.budget,
      pollMs,
      sweepMs,
      view,
      watched: this.#watched,
    });
    this.#trouble = new SiteTrouble({ clock, log, remedy, onChange: () => options.onSituation(this) });
    this.#ticker = new Ticker(clock, () => this.#tick());
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get account(): CloudAccount | undefined {
    return this.#account.latest;
  }

  /** Whether bots can be decided about: the first whole listing is in, or the reason why it is missing is known. */
  get ready(): boolean {
    return this.#viewed || this.#trouble.current !== undefined;
  }

  /** The newest whole listing is the first one of the fleet. */
  get isFirstView(): boolean {
    return this.#isFirstView;
  }

  situation(): CloudSituation {
    const { identity, latest } = this.#account;
    const standing = standingOf(latest);
    const time = this.cloud.cloudNow();
    const base = {
      ...{ identity, viewed: this.#viewed },
      ...(standing && { standing }),
      ...(this.#unreadable !== '' && { obscured: true }),
      ...(time !== undefined && { time }),
      ...(this.account && { userUUID: this.account.userUUID }),
    };
    return this.#trouble.current ? { ...base, blocked: this.#trouble.current } : base;
  }

  start(): void {
    this.#ticker.at(0);
  }

  /** Lists the fleet as soon as may be. */
  sweepSoon(): void {
    this.#ticker.at(0);
  }

  /** Stops looking; calls under way are completed. */
  retire(): void {
    this.#ticker.stop();
    this.admission.close();
  }

  stop(): void {
    this.retire();
    this.#abort.abort(new Error('the controller stops'));
  }

  /** Polls the droplet until `watch` is called without one: it is on its way to another state. */
  watch(key: ResourceKey, dropletID: number | undefined): void {
    if (this.#watched.set(key, dropletID)) this.#ticker.at(this.#pace.msToNext);
  }

  /** The bot that waits for a droplet which it does not record: a duplicate on its way out. */
  watcherOf(dropletID: number): ResourceKey | undefined {
    return this.#watched.watcherOf(dropletID);
  }

  /**
   * Reads one droplet. A 404 counts as a miss when the droplet was seen before, here or `proven` elsewhere; else it is
   * `doubtful`.
   */
  async read(id: number, callClass: CallClass, proven = false): Promise<'alive' | 'missing' | 'doubtful'> {
    const begunAt = this.#options.clock.monotonic();
    try {
      const droplet = await this.cloud.getDroplet(id, { class: callClass, signal: this.signal });
      const wasBuried = this.view.isBuried(id);
      this.incidents.found(id);
      if (this.view.observe(droplet, begunAt, 'read')) this.#options.onDroplets([id]);
      if (wasBuried) this.#options.onReturn(this, id);
      return 'alive';
    } catch (error) {
      if (!faultOf(error, 'absent')) throw error;
      return this.#absent(id, begunAt, proven);
    }
  }

  /** Notes what an answer to anyone's call says about the token or the cloud's health. */
  note(error: unknown): void {
    const fault = faultOf(error, 'unauthorised');
    if (fault?.kind !== 'unauthorised') return;
    // A call that the token may not make concerns the bot that needed it; an unknown token concerns all.
    if (fault.forbidden !== undefined) {
      this.#trouble.logForbidden(fault.missingScope, error);
      this.#account.doubt();
    } else if (this.#trouble.current?.reason !== 'Unauthorised') this.#ticker.at(this.#trouble.failed(error));
  }

  #absent(id: number, asOf: number, proven: boolean): 'missing' | 'doubtful' {
    const wasSeen = proven || this.view.wasSeen(id);
    if (wasSeen && this.view.isListedSince(id, asOf)) this.incidents.contradicted(id);
    const isNews = wasSeen ? this.view.markMissing(id, asOf) : this.view.markDoubtful(id);
    // Repeated misses are reported once: a pass that is called for each would read again at once.
    if (isNews) this.#options.onDroplets([id]);
    if (this.view.awaitsListing) this.#ticker.at(this.#pace.msToNext);
    return wasSeen ? 'missing' : 'doubtful';
  }

  /** The droplet's absence is proven. */
  confirmGone(id: number): void {
    this.view.bury(id, this.#options.clock.monotonic());
    this.admission.roomMade();
  }

  async #tick(): Promise<void> {
    try {
      await this.#refresh();
      this.#trouble.over();
      this.#ticker.at(this.#pace.msToNext);
    } catch (error) {
      if (!this.signal.aborted) this.#ticker.at(this.#trouble.failed(error));
    }
  }

  async #refresh(): Promise<void> {
    await this.#account.connect(this.signal);
    const { raised, turned } = await this.#account.refresh(this.admission.atDropletLimit, this.signal);
    if (raised) this.admission.roomMade();
    if (turned) this.#options.onSituation(this);
    this.#pace.polled();
    if (this.#viewed && this.#pace.byGet) {
      await Promise.all(this.#watched.ids().map((id) => this.read(id, 'transition')));
      return;
    }
    await this.#list(!this.#viewed || this.#watched.size > 0 ? 'transition' : 'background');
  }

  async #list(callClass: CallClass): Promise<void> {
    const begunAt = this.#options.clock.monotonic();
    const tag = this.#options.fleetTag();
    const known = (id: number) => this.view.listed(id);
    const options = { class: callClass, signal: this.signal, known, gpus: this.#options.usesGPUs() };
    const { droplets, unreadable } = await this.cloud.listByTag(tag, options);
    this.#noteUnreadable(unreadable);
    const first = !this.#viewed;
    this.#isFirstView = first;
    if (first) await this.#options.beforeFirstView(this, droplets);
    if (this.#viewedTag !== tag) this.view.clear();
    this.#viewedTag = tag;
    const changed = this.view.takeListing(droplets, begunAt, unreadable.length === 0);
    const returning = this.view.returning(droplets, begunAt);
    const taken = this.#options.onListing(this);
    if (first) this.#options.onSituation(this);
    else this.#options.onDroplets(changed);
    await taken;
    await Promise.all(returning.map((id) => this.read(id, 'transition')));
  }

  /** One row that cannot be read is set aside: what it hides is not known, so the listing proves no absence. */
  #noteUnreadable(rows: readonly UnreadableRow[]): void {
    const named = rows.map(({ id, name, why }) => `${id ?? name ?? 'a droplet'}: ${why}`).join('; ');
    if (named !== this.#unreadable && rows.length > 0)
      this.#options.log.warn(
        { rows: rows.length },
        `droplets of a listing cannot be read, so it proves nothing gone: ${named.slice(0, 500)}`,
      );
    this.#unreadable = named;
  }

  /** A whole listing by the fleet's present tag is in; a fleet that was recovered has another one. */
  get #viewed(): boolean {
    return this.view.wholeSince !== undefined && this.#viewedTag === this.#options.fleetTag();
  }
}
