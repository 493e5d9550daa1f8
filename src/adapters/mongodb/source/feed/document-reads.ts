import type { Collection, Document } from 'mongodb';
import type { Clock } from '../../../../ports/clock.ts';
import { faultOf } from '../../../../ports/port-error.ts';
import { asPortError } from '../../client/mongo-error.ts';
import { answered } from '../../client/within-deadline.ts';
import { type DeclaredDocument, declaredFields } from '../document/declared-document.ts';

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

/** Whether there is a collection of that name, and which: `uuid` where the server tells, and the user may ask. */
export type CollectionObservation = 'absent' | { readonly uuid: string | undefined };

export async function sightOf({
  db,
  collectionName: name,
}: Collection<Document>): Promise<CollectionObservation> {
  try {
    const [found] = await db.listCollections({ name }).toArray();
    const uuid: unknown = (found as Document | undefined)?.['info']?.uuid;
    return found ? { uuid: uuid === undefined ? undefined : String(uuid) } : 'absent';
  } catch (error) {
    const failure = asPortError(error, `looking for ${name}`);
    // Who may read and write the collection need not be allowed to list it.
    if (faultOf(failure, 'unauthorised')) return { uuid: undefined };
    throw failure;
  }
}
