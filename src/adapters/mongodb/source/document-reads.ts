import type { Collection, Document } from 'mongodb';
import type { Clock } from '../../../ports/clock.ts';
import { answered } from '../client/answered.ts';
import { asPortError } from '../client/mongo-error.ts';
import { type DeclaredDocument, declaredFields } from './declared-document.ts';

const batchSize = 1_000;

/**
 * All documents of the collection in the order of their ids, a page at a time. A page that fails ends it with a
 * PortError: what was not seen until then is not known to be absent.
 */
export async function* allDocuments(
  collection: Collection<Document>,
  clock: Clock,
): AsyncGenerator<DeclaredDocument[]> {
  const cursor = collection.find<DeclaredDocument>(
    {},
    { projection: declaredFields, sort: { _id: 1 }, batchSize },
  );
  try {
    // The first page is fetched by asking whether there is anything at all.
    while (await answered(clock, cursor.hasNext())) yield cursor.readBufferedDocuments();
  } catch (error) {
    throw asPortError(error, `reading ${collection.collectionName}`);
  } finally {
    await cursor.close().catch(() => undefined);
  }
}

/** The documents of these ids as they are now. */
export async function documentsOf(
  collection: Collection<Document>,
  ids: readonly string[],
): Promise<DeclaredDocument[]> {
  try {
    const filter = { _id: { $in: [...ids] } } as Document;
    return await collection.find<DeclaredDocument>(filter, { projection: declaredFields }).toArray();
  } catch (error) {
    throw asPortError(error, `reading ${collection.collectionName}`);
  }
}

export async function collectionExists(collection: Collection<Document>): Promise<boolean> {
  try {
    const { db, collectionName: name } = collection;
    return (await db.listCollections({ name }, { nameOnly: true }).toArray()).length > 0;
  } catch (error) {
    throw asPortError(error, `looking for ${collection.collectionName}`);
  }
}
