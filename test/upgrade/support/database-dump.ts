import { BSON, type Db, type Document } from 'mongodb';

/** Every document of a collection, one a line, as canonical Extended JSON, in the order of their ids. */
export async function dumpCollection(db: Db, name: string): Promise<string> {
  const documents = await db
    .collection(name)
    .find({}, { sort: { _id: 1 }, promoteValues: false })
    .toArray();
  return documents.map((document) => `${BSON.EJSON.stringify(document, { relaxed: false })}\n`).join('');
}

/** Fills a collection with the documents of such a dump. */
export async function loadCollection(db: Db, name: string, dump: string): Promise<void> {
  const lines = dump.trimEnd().split('\n');
  const documents = lines.map((line) => BSON.EJSON.parse(line, { relaxed: false }) as Document);
  await db.collection(name).insertMany(documents);
}
