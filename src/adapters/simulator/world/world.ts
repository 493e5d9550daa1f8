import type { Chance } from '../../../ports/chance.ts';
import { isGPU, publicImages } from '../catalogue/catalogue.ts';
import type { ImageRecord } from '../catalogue/images.ts';
import type { Settings } from '../settings.ts';
import { Changes } from './changes.ts';
import { Agenda, type CloudTime, timestamp } from './cloud-time.ts';
import { LifeLog } from './life-log.ts';
import { Listing } from './listing.ts';
import type { ActionRecord, DropletRecord, KeyRecord, ProjectRecord, VPCRecord } from './records.ts';
import { TagRegistry } from './tag-registry.ts';

interface Beginning {
  readonly chance: Chance;
  readonly settings: Settings;
  readonly accountUUID: string;
  /** Whether changes are collected for a state file. */
  readonly kept: boolean;
  readonly time: CloudTime;
  /** Listeners to each droplet that has changed or is gone. */
  readonly onTouched: Set<(id: number) => void>;
}

/** The simulated cloud's whole content. Nothing here moves by itself: `catchUp` applies what is due. */
export class World {
  readonly chance: Chance;
  readonly settings: Settings;
  readonly changes: Changes;
  readonly agenda = new Agenda();
  readonly account: { uuid: string };
  /** The last id assigned, by what it names. */
  readonly ids = { droplet: 400_000_000, action: 2_000_000_000, image: 170_000_000, key: 30_000_000 };
  readonly droplets = new Map<number, DropletRecord>();
  readonly userData = new Map<number, string>();
  readonly actions = new Map<number, ActionRecord>();
  readonly actionsOf = new Map<number, ActionRecord[]>();
  readonly images = new Map<number, ImageRecord>();
  readonly keys = new Map<number, KeyRecord>();
  /** VPCs besides each region's default one. */
  readonly vpcs = new Map<string, VPCRecord>();
  readonly projects = new Map<string, ProjectRecord>();
  readonly tags: TagRegistry;
  readonly lives: LifeLog;
  readonly onTouched: Beginning['onTouched'];
  readonly time: CloudTime;
  readonly #plain = new Listing();
  readonly #gpus = new Listing();
  #now: number;

  constructor(beginning: Beginning) {
    this.chance = beginning.chance;
    this.settings = beginning.settings;
    this.account = { uuid: beginning.accountUUID };
    this.changes = new Changes(beginning.kept);
    this.tags = new TagRegistry((tag) => this.changes.note('tag', tag));
    this.lives = new LifeLog((life) => this.changes.note('life', life));
    this.onTouched = beginning.onTouched;
    this.time = beginning.time;
    this.#now = this.time.now();
  }

  /** The cloud's time as of the last `catchUp`, or that of the event taking effect. */
  get now(): number {
    return this.#now;
  }

  /** A time as the cloud itself writes it. */
  timestamp(at: number): string {
    return timestamp(this.stated(at));
  }

  /** A time by the cloud's own clock, which may be wrong. */
  stated(at: number): number {
    return at + this.settings.clockOffsetMs;
  }

  /** Applies everything that is due by now, each at its own time. */
  catchUp(): void {
    const now = this.time.now();
    for (let next = this.agenda.due(now); next !== undefined; next = this.agenda.due(now)) {
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = now;
  }

  /** Moves the cloud's time forward. */
  skip(ms: number): void {
    this.time.skip(ms);
    this.catchUp();
  }

  nextID(of: keyof World['ids']): number {
    this.ids[of] += 1;
    return this.ids[of];
  }

  chanced(probability: number): boolean {
    if (probability <= 0) return false;
    return probability >= 1 || this.chance.random() < probability;
  }

  /** `ms` with the settings' jitter. */
  spread(ms: number): number {
    const { jitter } = this.settings;
    if (jitter <= 0 || ms <= 0) return ms;
    return Math.round(ms * (1 + jitter * (2 * this.chance.random() - 1)));
  }

  /** The droplets that lists show. GPU droplets have their own list. */
  listing(gpus: boolean): Listing {
    return gpus ? this.#gpus : this.#plain;
  }

  listingOf(droplet: DropletRecord): Listing {
    return this.listing(isGPU(droplet.size));
  }

  /** Call this after every change to a droplet. */
  touch(droplet: DropletRecord): void {
    this.changes.note('droplet', droplet);
    const listing = this.listingOf(droplet);
    if (listing.shows(droplet)) listing.show(droplet);
    this.notifyTouched(droplet.id);
  }

  notifyTouched(id: number): void {
    for (const tell of this.onTouched) tell(id);
  }

  addAction(action: ActionRecord): void {
    this.actions.set(action.id, action);
    const before = this.actionsOf.get(action.dropletID);
    if (before === undefined) this.actionsOf.set(action.dropletID, [action]);
    else before.push(action);
    this.changes.note('action', action);
  }

  /** The image, even if deleted, as droplets made from it still name it. */
  image(id: number): ImageRecord | undefined {
    return publicImages.get(id) ?? this.images.get(id);
  }

  /** Adds or replaces a custom image of the team. */
  putImage(image: ImageRecord): void {
    this.images.set(image.id, image);
    this.changes.note('image', image);
  }
}
