import type { Collection, Db, Document } from 'mongodb';

/** A collection whose writes a majority has when they are answered, and whose reads show nothing that could be undone. */
export function majorityCollection<T extends Document>(db: Db, name: string): Collection<T> {
  return db.collection<T>(name, {
    writeConcern: { w: 'majority' },
    readConcern: { level: 'majority' },
    readPreference: 'primary',
    // Drivers of other languages write what is no text, and one such document must not hide all others.
    enableUtf8Validation: false,
  });
}
