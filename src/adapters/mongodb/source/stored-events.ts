import type { Collection } from 'mongodb';
import type { ResourceKey } from '../../../model/resource-key.ts';
import type { StoredEvent } from '../../../ports/source.ts';
import { asPortError } from '../client/mongo-error.ts';

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
