import type { Clock } from '../../../../ports/clock.ts';
import type { Query } from '../kube-api.ts';
import { failureOf } from '../kube-error.ts';
import { compareVersions } from '../kube-object.ts';
import { isVersionRefused } from './list-collection.ts';

/** A watch that ends sooner, or a version that is refused so soon after a listing, is a fault of the server. */
export const shortMs = 1_000;

/**
 * How far a collection is known and how to go on from there: which version was seen last, whether the next step is a
 * listing, and in which way that is asked for. Learns from what goes wrong; asks nothing itself.
 */
export class WatchPosition {
  readonly #clock: Clock;
  #version = '';
  #mustList = true;
  #listFrom = '0';
  #streams = true;
  /** The store may have been restored from a backup since: a watch from a version to come would be silent. */
  #suspect = false;
  #listedAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What was seen is not enough to go on from. */
  get mustList(): boolean {
    return this.#mustList;
  }

  /** A listing comes as a watch's first events; a server without it is asked for a list. */
  get streams(): boolean {
    return this.#streams;
  }

  /** At least as new as this; see `ListRequest`. */
  get listFrom(): string {
    return this.#listFrom;
  }

  /** Whether the version is to be compared with the store's before it is watched from. */
  get isSuspect(): boolean {
    return this.#suspect;
  }

  /** Of a watch that goes on, or that begins with a listing. */
  query(listing: boolean): Query {
    if (!listing) return { allowWatchBookmarks: true, resourceVersion: this.#version };
    return {
      allowWatchBookmarks: true,
      sendInitialEvents: true,
      resourceVersionMatch: 'NotOlderThan',
      resourceVersion: this.#listFrom === '0' ? '' : this.#listFrom,
    };
  }

  /** Whether a listing as of `version` tells of an older store than what was seen. */
  isAnew(version: string): boolean {
    return this.#version !== '' && compareVersions(version, this.#version) < 0;
  }

  listed(version: string): void {
    this.#version = version;
    this.#listFrom = version;
    this.#mustList = false;
    this.#suspect = false;
    this.#listedAt = this.#clock.monotonic();
  }

  /** Something as of `version` was seen. */
  advance(version: string): void {
    if (!this.#mustList && compareVersions(version, this.#version) > 0) this.#version = version;
  }

  suspect(): void {
    this.#suspect = true;
  }

  /** The store has reached `version`. */
  compare(version: string): void {
    this.#suspect = false;
    if (compareVersions(version, this.#version) >= 0) return;
    this.#mustList = true;
    this.#listFrom = '';
  }

  /** True when what is known of the failure lets the next step follow at once. */
  learn(error: unknown): boolean {
    return this.#mustList ? this.#learnFromListing(error) : this.#learnFromWatch(error);
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
    return isVersionRefused(error) && this.#clock.monotonic() - this.#listedAt > shortMs;
  }
}
