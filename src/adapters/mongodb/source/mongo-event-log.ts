import type { Collection } from 'mongodb';
import type { ResourceKey } from '../../../model/resource-key.ts';
import type { Chance } from '../../../ports/chance.ts';
import type { Cancel, Clock } from '../../../ports/clock.ts';
import type { Leadership } from '../../../ports/leadership.ts';
import type { Log } from '../../../ports/log.ts';
import type { BotEvent, StoredEvent } from '../../../ports/source.ts';
import { asPortError } from '../client/mongo-error.ts';
import { answered } from '../client/within-deadline.ts';

/** How long an event may wait for others before it is written, in ms. */
const flushMs = 500;
/** Repeats within this time of the last one, in ms, are counted on one document. */
const repeatMs = 600_000;
/** How many different events are remembered for that. */
const mostOpen = 5_000;
/** Waiting while the store takes no writes; the oldest beyond that are dropped. */
const mostWaiting = 5_000;
/** Of one bot, waiting at once: more are a flood that tells nothing. */
const mostOfBot = 25;
/** In one command: FerretDB 1 never answers one of a hundred. */
const mostWrites = 64;

/** Documents of all bots together; where a TTL index removes old ones there may be fewer. */
export const mostEvents = 20_000;

export interface EventLogParts {
  readonly collection: Collection<EventDocument>;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly leadership: Leadership;
  /** Most documents that are kept. */
  readonly most?: number;
}

/** Takes events without ever making their author wait, counts repeats, and keeps a bounded number of them. */
export class MongoEventLog {
  readonly #parts: EventLogParts;
  readonly #open = new Map<string, EventDocument>();
  readonly #waiting = new Map<string, EventDocument>();
  readonly #ofBot = new Map<string, number>();
  /** Ids of what was sent without an answer. */
  readonly #tried = new Set<string>();
  #cancel: Cancel | undefined;
  #flushing: Promise<void> | undefined;
  #total: number | undefined;
  #made = 0;
  #ended = false;

  constructor(parts: EventLogParts) {
    this.#parts = parts;
  }

  record(event: BotEvent): void {
    if (this.#ended) return;
    const signature = JSON.stringify([event.uid, event.type, event.reason, event.message]);
    const now = this.#parts.clock.now();
    const known = this.#open.get(signature);
    const isRepeat = known && now - known.lastAt.getTime() <= repeatMs;
    if (!isRepeat && !this.#waiting.has(signature) && !this.#admit(event.uid)) return;
    const { key, uid, type, reason, message } = event;
    const told: EventDocument = isRepeat
      ? { ...known, count: known.count + 1, lastAt: new Date(now) }
      : {
          _id: this.#newID(now),
          ...{ key, uid, type, reason, message, count: 1 },
          firstAt: new Date(now),
          lastAt: new Date(now),
        };
    remember(this.#open, signature, told, mostOpen);
    const dropped = remember(this.#waiting, signature, told, mostWaiting);
    if (dropped) this.#tried.delete(dropped._id);
    this.#flushSoon();
  }

  /** Writes what waits, once; nothing is written afterwards. */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancel?.();
    await this.#flushing;
    await this.#flush();
  }

  /** In the order of making, for those of the same millisecond. */
  #newID(now: number): string {
    this.#made += 1;
    const order = String(this.#made).padStart(9, '0');
    return `${new Date(now).toISOString()} ${order} ${this.#parts.chance.uuid()}`;
  }

  #admit(uid: string): boolean {
    const count = (this.#ofBot.get(uid) ?? 0) + 1;
    this.#ofBot.set(uid, count);
    return count <= mostOfBot;
  }

  #flushSoon(): void {
    if (this.#ended || this.#flushing) return;
    this.#cancel ??= this.#parts.clock.schedule(flushMs, () => {
      this.#cancel = undefined;
      this.#flushing = this.#flush().finally(() => {
        this.#flushing = undefined;
        if (this.#waiting.size > 0) this.#flushSoon();
      });
    });
  }

  /** A history that has a gap is no reason to stop: what could not be written is tried again with what comes next. */
  async #flush(): Promise<void> {
    const { clock } = this.#parts;
    this.#ofBot.clear();
    try {
      while (this.#waiting.size > 0 && this.#parts.leadership.msLeft() > 0) {
        const batch = [...this.#waiting].slice(0, mostWrites);
        await answered(clock, this.#write(batch.map(([, event]) => event)));
        for (const [signature, event] of batch)
          if (this.#waiting.get(signature) === event) this.#waiting.delete(signature);
        await answered(clock, this.#trim(batch.length));
      }
    } catch (error) {
      const { message } = asPortError(error, 'writing events');
      this.#parts.log.warn({ events: this.#waiting.size }, message);
    }
  }

  /** Most are new; one whose first try may have got through is none any more. */
  async #write(events: readonly EventDocument[]): Promise<void> {
    const operations = events.map((event) => {
      if (event.count === 1 && !this.#tried.has(event._id)) return { insertOne: { document: event } };
      const { _id, count, lastAt, ...rest } = event;
      const update = { $set: { count, lastAt }, $setOnInsert: rest };
      return { updateOne: { filter: { _id }, update, upsert: true } };
    });
    for (const { _id } of events) this.#tried.add(_id);
    await this.#parts.collection.bulkWrite(operations, { ordered: false });
    for (const { _id } of events) this.#tried.delete(_id);
  }

  /** Frees a twentieth at a time, so that a full collection is not trimmed at every event. */
  async #trim(added: number): Promise<void> {
    const { collection, most = mostEvents } = this.#parts;
    this.#total = (this.#total ?? (await collection.estimatedDocumentCount())) + added;
    if (this.#total <= most) return;
    const keep = Math.floor(most * 0.95);
    const [oldest] = await collection
      .find({}, { projection: { lastAt: 1 } })
      .sort({ lastAt: -1 })
      .skip(keep)
      .limit(1)
      .toArray();
    if (oldest) await collection.deleteMany({ lastAt: { $lte: oldest.lastAt } });
    this.#total = await collection.estimatedDocumentCount();
  }
}

/** Puts it last, and drops the first beyond `most`: that is what it returns. */
function remember<V>(map: Map<string, V>, key: string, value: V, most: number): V | undefined {
  map.delete(key);
  map.set(key, value);
  const [first] = map;
  if (map.size <= most || !first) return undefined;
  map.delete(first[0]);
  return first[1];
}

/** An event in its collection; ids are in the order of making. */
export interface EventDocument extends Omit<StoredEvent, 'firstAt' | 'lastAt'> {
  readonly _id: string;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

/** Everything stored, or what is stored of one bot, newest last. */
export async function storedEvents(
  collection: Collection<EventDocument>,
  key: ResourceKey | undefined,
): Promise<readonly StoredEvent[]> {
  try {
    const found = await collection
      .find(key === undefined ? {} : { key })
      .sort({ lastAt: 1, _id: 1 })
      .toArray();
    return found.map(({ _id: _, firstAt, lastAt, ...event }) => ({
      ...event,
      firstAt: firstAt.toISOString(),
      lastAt: lastAt.toISOString(),
    }));
  } catch (error) {
    throw asPortError(error, 'reading events');
  }
}
