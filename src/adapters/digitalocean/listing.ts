import PQueue from 'p-queue';
import { type Clock, sleep } from '../../ports/clock.ts';
import { type CallOptions, pageSize } from '../../ports/cloud.ts';
import { PortError } from '../../ports/port-error.ts';
import type { DigitalOceanClient } from './transport/digital-ocean-client.ts';
import { asArray, asNumber, asObject, parseJSON, withoutPermit } from './transport/malformed-answer.ts';
import type { Route } from './transport/routes.ts';

/** The most pages of one listing under way at once. */
const maxPagesAtOnce = 8;
/**
 * The same for background listings. A page of 200 droplets is half a megabyte of text. If it
 * outlives a minor collection, V8 frees it only by a full one: eight pages at once leave 60 MB
 * behind with 10,000 droplets, two next to none.
 */
const maxBackgroundPages = 2;
const maxTries = 4;
const pauseMs = 500;

export interface ListingCall<T> {
  readonly route: Route;
  readonly query?: Record<string, string>;
  /** The field of the answer that holds the items. */
  readonly field: string;
  readonly readItem: (json: unknown) => T;
  /** The identity of an item: one seen on two pages counts once. */
  readonly identify: (item: T) => unknown;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
}

/**
 * Every item of a collection, from all pages. If the collection changes while it is read, items
 * may shift from page to page and be missed. So the listing is whole only if it did not shrink
 * meanwhile and at least as many items were seen as the first page promised. Otherwise it is read
 * again; after a few tries this throws `unavailable`.
 */
export async function listWhole<T>(
  client: DigitalOceanClient,
  clock: Clock,
  call: ListingCall<T>,
  options: CallOptions,
): Promise<T[]> {
  let attemptOptions = options;
  for (let attempt = 1; attempt <= maxTries; attempt++) {
    const items = await tryList(client, call, attemptOptions);
    if (items !== undefined) return items;
    attemptOptions = withoutPermit(options);
    if (attempt < maxTries) await pause(clock, options);
  }
  throw new PortError(
    { kind: 'unavailable' },
    `${call.route.name}: no whole listing in ${maxTries} tries: the list changed while it was read`,
  );
}

async function tryList<T>(
  client: DigitalOceanClient,
  call: ListingCall<T>,
  options: CallOptions,
): Promise<T[] | undefined> {
  const first = await readPage(client, call, 1, options);
  const seen = new Map<unknown, T>();
  const keep = (page: Page<T>) => {
    for (const item of page.items) seen.set(call.identify(item), item);
  };
  keep(first);
  if (first.total > pageSize) {
    const rest = withoutPermit(options);
    const read = (number: number) => readPage(client, call, number, rest);
    const totals = await readRest(first.total, read, keep, pagesAtOnce(options));
    if (Math.min(...totals) < first.total) return undefined;
  }
  return seen.size < first.total ? undefined : [...seen.values()];
}

/** Reads the pages after the first, and those added meanwhile. Resolves to the totals that they state. */
async function readRest<T>(
  firstTotal: number,
  read: (page: number) => Promise<Page<T>>,
  keep: (page: Page<T>) => void,
  concurrency: number,
): Promise<readonly number[]> {
  const queue = new PQueue({ concurrency });
  const totals: number[] = [];
  let next = 2;
  for (let known = firstTotal; next <= pagesOf(known); known = Math.max(known, ...totals)) {
    const numbers = Array.from({ length: pagesOf(known) - next + 1 }, (_, index) => next + index);
    next = pagesOf(known) + 1;
    const pages = await allOrNone(
      queue,
      numbers.map((number) => () => read(number)),
    );
    for (const page of pages) keep(page);
    totals.push(...pages.map((page) => page.total));
  }
  return totals;
}

function readPage<T>(
  client: DigitalOceanClient,
  call: ListingCall<T>,
  page: number,
  options: CallOptions,
): Promise<Page<T>> {
  return client.call(
    {
      route: call.route,
      query: { ...call.query, page: String(page), per_page: String(pageSize) },
      read: (body) => {
        const json = asObject<Record<string, unknown>>(parseJSON(body), 'page');
        const meta = asObject<{ total: unknown }>(json['meta'], 'meta');
        const items = asArray(json[call.field], call.field).map((item) => call.readItem(item));
        return { items, total: asNumber(meta.total, 'meta.total') };
      },
    },
    options,
  );
}

/** One page that fails makes the others useless, so pages not yet requested are dropped. */
async function allOrNone<T>(queue: PQueue, tasks: (() => Promise<T>)[]): Promise<T[]> {
  try {
    return await queue.addAll(tasks);
  } catch (error) {
    queue.clear();
    throw error;
  }
}

function pagesAtOnce(options: CallOptions): number {
  return options.class === 'background' ? maxBackgroundPages : maxPagesAtOnce;
}

function pagesOf(total: number): number {
  return Math.ceil(total / pageSize);
}

async function pause(clock: Clock, options: CallOptions): Promise<void> {
  try {
    await sleep(clock, pauseMs, options.signal);
  } catch (reason) {
    throw new PortError({ kind: 'unavailable' }, 'the listing was cancelled', { cause: reason });
  }
}
