import type { Chance } from '../../../ports/chance.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ApiClient, Query, WatchEvent } from './api-client.ts';
import { failureOf, KubeError } from './kube-error.ts';
import { compareVersions, type KubeObject } from './kube-object.ts';
import { isVersionRefused, listCollection } from './list-collection.ts';
import { SilenceGuard } from './silence-guard.ts';
import { statusError } from './status-error.ts';

/** The server ends a watch after a time between this and twice of it, seconds. */
const shortestWatch = 300;
/**
 * A bookmark comes about every minute while anything is written; a watch that is silent for longer may be cut off,
 * and opening it again loses nothing.
 */
const silenceMs = 75_000;
/** What is stored now is sent without a pause. */
const initialSilenceMs = 15_000;
/** A watch that ends sooner, or a version that is refused so soon after a listing, is a fault of the server. */
const shortMs = 1_000;

/** What a ListWatch finds out. */
export interface ListWatchSink<T> {
  /** A listing is about to be asked for. */
  listing(): void;
  /** An object of the listing under way. */
  listed(object: T): void;
  /** Of the listing under way an object has gone or never belonged. */
  unlisted(object: T): void;
  /** The listing is complete, as of `version`; `anew`: see `Listing`. */
  complete(version: string, anew: boolean): Promise<void>;
  stored(object: T): void;
  deleted(object: T): void;
  /** The server answered as it should. */
  answered(): void;
}

export interface ListWatchOptions<T> {
  readonly client: ApiClient;
  readonly path: string;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly filterQuery: Query;
  readonly sink: ListWatchSink<T>;
}

/**
 * The protocol of list and watch with the state that it needs: which version was seen last, and whether the next
 * step is a listing. Prefers the listing that comes as a watch's first events, which is always what is stored now;
 * a server without it is asked for a list, first for whatever it has at hand, later for what is no older than what
 * was seen.
 */
export class ListWatch<T extends KubeObject> {
  readonly #options: ListWatchOptions<T>;
  #version = '';
  #mustList = true;
  #listFrom = '0';
  #streams = true;
  /** The store may have been restored from a backup since: a watch from a version to come would be silent. */
  #suspect = false;
  #listedAt = 0;

  constructor(options: ListWatchOptions<T>) {
    this.#options = options;
  }

  /**
   * Lists if need be, then watches until the server ends it. Returns when the next step may follow at once, and
   * throws when it should wait.
   */
  async step(signal: AbortSignal): Promise<void> {
    const listing = this.#mustList;
    try {
      if (listing) await this.#list(signal);
      else await this.#resume(signal);
    } catch (error) {
      if (signal.aborted) throw error;
      const known = this.#mustList ? this.#learnFromListing(error) : this.#learnFromWatch(error);
      if (!known) throw error;
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { sink } = this.#options;
    sink.listing();
    if (this.#streams) return this.#watch(signal, true);
    const take = (object: T) => sink.listed(object);
    const version = await listCollection({ ...this.#options, version: this.#listFrom, signal }, take);
    await this.#complete(version);
    return this.#watch(signal, false);
  }

  async #resume(signal: AbortSignal): Promise<void> {
    if (this.#suspect) await this.#checkVersion(signal);
    if (!this.#mustList) await this.#watch(signal, false);
  }

  /** One object is asked for, to learn the version that the store has reached. */
  async #checkVersion(signal: AbortSignal): Promise<void> {
    const { client, path, filterQuery } = this.#options;
    const query = { ...filterQuery, limit: 1 };
    const { metadata } = await client.request<Pick<KubeObject, 'metadata'>>('GET', path, { query, signal });
    this.#suspect = false;
    if (compareVersions(metadata.resourceVersion, this.#version) >= 0) return;
    this.#mustList = true;
    this.#listFrom = '';
  }

  async #complete(version: string): Promise<void> {
    const anew = this.#version !== '' && compareVersions(version, this.#version) < 0;
    await this.#options.sink.complete(version, anew);
    this.#version = version;
    this.#listFrom = version;
    this.#mustList = false;
    this.#suspect = false;
    this.#listedAt = this.#options.clock.monotonic();
  }

  async #watch(signal: AbortSignal, listing: boolean): Promise<void> {
    const { client, path, clock, chance, sink } = this.#options;
    const timeoutSeconds = Math.round(shortestWatch * (1 + chance.random()));
    const query = { ...this.#watchQuery(listing), timeoutSeconds };
    const openedAt = clock.monotonic();
    using guard = new SilenceGuard(clock, listing ? initialSilenceMs : silenceMs);
    let heard = false;
    try {
      const either = AbortSignal.any([signal, guard.signal]);
      for await (const event of client.watch(path, query, either, () => sink.answered())) {
        heard = true;
        guard.heard();
        await this.#take(event);
        if (listing && !this.#mustList) guard.allow(silenceMs);
      }
    } catch (error) {
      if (signal.aborted || !(guard.fired || failureOf(error)?.stranded)) throw error;
      if (this.#mustList) throw guard.fired ? silent(error) : error;
      return;
    }
    this.#ended(clock.monotonic() - openedAt, timeoutSeconds, heard);
  }

  #watchQuery(listing: boolean): Query {
    const common = { ...this.#options.filterQuery, allowWatchBookmarks: true };
    if (!listing) return { ...common, resourceVersion: this.#version };
    const resourceVersion = this.#listFrom === '0' ? '' : this.#listFrom;
    return { ...common, sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan', resourceVersion };
  }

  /** The server ended the watch. */
  #ended(lastedMs: number, timeoutSeconds: number, heard: boolean): void {
    if (lastedMs >= (timeoutSeconds - 5) * 1_000) return;
    this.#suspect = true;
    if (this.#mustList || (lastedMs < shortMs && !heard)) throw cutShort();
  }

  async #take(event: WatchEvent): Promise<void> {
    const { sink } = this.#options;
    if (event.type === 'ERROR') throw statusError(event.object);
    const object = event.object as T;
    const { resourceVersion, annotations } = object.metadata;
    if (event.type === 'BOOKMARK') {
      if (this.#mustList && annotations?.['k8s.io/initial-events-end'] === 'true')
        return this.#complete(resourceVersion);
    } else if (event.type === 'DELETED') {
      if (this.#mustList) sink.unlisted(object);
      else sink.deleted(object);
    } else if (this.#mustList) sink.listed(object);
    else sink.stored(object);
    this.#advance(resourceVersion);
  }

  #advance(version: string): void {
    if (!this.#mustList && compareVersions(version, this.#version) > 0) this.#version = version;
  }

  /** True when another way of listing is to be tried at once. */
  #learnFromListing(error: unknown): boolean {
    const status = failureOf(error)?.httpStatus;
    if (this.#streams && (status === 400 || status === 422)) {
      this.#streams = false;
      return true;
    }
    const fromNow = this.#listFrom === '' || (this.#streams && this.#listFrom === '0');
    if (!isVersionRefused(error) || fromNow) return false;
    this.#listFrom = '';
    return true;
  }

  /** True when the version is gone, as it is for whoever was away for long, and a listing is to follow at once. */
  #learnFromWatch(error: unknown): boolean {
    const { httpStatus } = failureOf(error) ?? {};
    this.#suspect = true;
    if (httpStatus === 0 || httpStatus === 429) return false;
    this.#mustList = true;
    return isVersionRefused(error) && this.#options.clock.monotonic() - this.#listedAt > shortMs;
  }
}

function silent(cause: unknown): KubeError {
  const message = 'the watch fell silent before it had sent what is stored';
  return new KubeError({ kind: 'unavailable' }, message, { httpStatus: 0 }, { cause });
}

function cutShort(): KubeError {
  return new KubeError({ kind: 'unavailable' }, 'the server ended the watch at once', { httpStatus: 0 });
}
