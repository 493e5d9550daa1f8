import { existsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { requirePresentSchema, schemaVersion } from './migrations.ts';
import { openForReading } from './open-database.ts';

/**
 * Opens a state file to look at. Undefined where nothing is stored yet: there is no file, or its controller is
 * about to make its tables or died before it did. Refuses any schema but the present one.
 */
export function openPresentState(file: string): DatabaseSync | undefined {
  if (!existsSync(file)) return undefined;
  const db = openForReading(file);
  try {
    if (schemaVersion(db) > 0) {
      requirePresentSchema(db, file);
      return db;
    }
  } catch (error) {
    db.close();
    throw error;
  }
  db.close();
  return undefined;
}
