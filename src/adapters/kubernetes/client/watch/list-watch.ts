import type { Chance } from '../../../../ports/chance.ts';
import type { Clock } from '../../../../ports/clock.ts';
import type { KubeAPI, Query, WatchEvent } from '../kube-api.ts';
import { failureOf, KubeError, statusError } from '../kube-error.ts';
import type { KubeObject } from '../kube-object.ts';
import { listCollection } from './list-collection.ts';
import { SilentWatchGuard } from './silent-watch-guard.ts';
import { shortMs, WatchPosition } from './watch-position.ts';

/** The server ends a watch after a time between this and twice of it, seconds. */
const shortestWatch = 300;
/**
 * A bookmark comes about every minute while anything is written; a watch that is silent for longer may be cut off,
 * and opening it again loses nothing.
 */
const silenceMs = 75_000;
/** What is stored now is sent without a pause. */
const initialSilenceMs = 15_000;
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
  readonly client: KubeAPI;
  readonly path: string;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly filterQuery: Query;
  readonly sink: ListWatchSink<T>;
}

/**
 * The protocol of list and watch. Prefers the listing that comes as a watch's first events, which is always what is
 * stored now; a server without it is asked for a list, first for whatever it has at hand, later for what is no older
 * than what was seen.
 */
export class ListWatch<T extends KubeObject> {
  readonly #options: ListWatchOptions<T>;
  readonly #position: WatchPosition;

  constructor(options: ListWatchOptions<T>) {
    this.#options = options;
    this.#position = new WatchPosition(options.clock);
  }

  /**
   * Lists if need be, then watches until the server ends it. Returns when the next step may follow at once, and
   * throws when it should wait.
   */
  async step(signal: AbortSignal): Promise<void> {
    try {
      if (this.#position.mustList) await this.#list(signal);
      else await this.#resume(signal);
    } catch (error) {
      if (signal.aborted || !this.#position.learn(error)) throw error;
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { sink } = this.#options;
    const { streams, listFrom } = this.#position;
    sink.listing();
    if (streams) return this.#watch(signal, true);
    const take = (object: T) => sink.listed(object);
    await this.#complete(await listCollection({ ...this.#options, version: listFrom, signal }, take));
    return this.#watch(signal, false);
  }

  async #resume(signal: AbortSignal): Promise<void> {
    if (this.#position.isSuspect) await this.#compareVersion(signal);
    if (!this.#position.mustList) await this.#watch(signal, false);
  }

  /** One object is asked for, to learn the version that the store has reached. */
  async #compareVersion(signal: AbortSignal): Promise<void> {
    const { client, path, filterQuery } = this.#options;
    const query = { ...filterQuery, limit: 1 };
    const { metadata } = await client.request<Pick<KubeObject, 'metadata'>>('GET', path, { query, signal });
    this.#position.compare(metadata.resourceVersion);
  }

  async #complete(version: string): Promise<void> {
    await this.#options.sink.complete(version, this.#position.isAnew(version));
    this.#position.listed(version);
  }

  async #watch(signal: AbortSignal, listing: boolean): Promise<void> {
    const { client, path, clock, chance, sink, filterQuery } = this.#options;
    const position = this.#position;
    const timeoutSeconds = Math.round(shortestWatch * (1 + chance.random()));
    const query = { ...filterQuery, ...position.query(listing), timeoutSeconds };
    const openedAt = clock.monotonic();
    using guard = new SilentWatchGuard(clock, listing ? initialSilenceMs : silenceMs);
    let heard = false;
    try {
      const either = AbortSignal.any([signal, guard.signal]);
      for await (const event of client.watch(path, query, either, () => sink.answered())) {
        heard = true;
        guard.heard();
        await this.#take(event);
        if (listing && !position.mustList) guard.allow(silenceMs);
      }
    } catch (error) {
      if (signal.aborted || !(guard.fired || failureOf(error)?.stranded)) throw error;
      if (position.mustList) throw guard.fired ? silent(error) : error;
      return;
    }
    this.#ended(clock.monotonic() - openedAt, timeoutSeconds, heard);
  }

  /** The server ended the watch. */
  #ended(lastedMs: number, timeoutSeconds: number, heard: boolean): void {
    if (lastedMs >= (timeoutSeconds - 5) * 1_000) return;
    this.#position.suspect();
    if (this.#position.mustList || (lastedMs < shortMs && !heard)) throw cutShort();
  }

  async #take(event: WatchEvent): Promise<void> {
    const { sink } = this.#options;
    const { mustList } = this.#position;
    if (event.type === 'ERROR') throw statusError(event.object);
    const object = event.object as T;
    const { resourceVersion, annotations } = object.metadata;
    if (event.type === 'BOOKMARK') {
      if (mustList && annotations?.['k8s.io/initial-events-end'] === 'true')
        return this.#complete(resourceVersion);
    } else if (event.type === 'DELETED') {
      if (mustList) sink.unlisted(object);
      else sink.deleted(object);
    } else if (mustList) sink.listed(object);
    else sink.stored(object);
    this.#position.advance(resourceVersion);
  }
}

function silent(cause: unknown): KubeError {
  const message = 'the watch fell silent before it had sent what is stored';
  return new KubeError({ kind: 'unavailable' }, message, { httpStatus: 0 }, { cause });
}

function cutShort(): KubeError {
  return new KubeError({ kind: 'unavailable' }, 'the server ended the watch at once', { httpStatus: 0 });
}
