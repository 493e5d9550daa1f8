import type { DatabaseSync } from 'node:sqlite';

/** Identity of the directory in which bots were last declared, links followed; undefined before there were any. */
export function inhabitedRoot(db: DatabaseSync): string | undefined {
  const row = db.prepare('SELECT identity FROM root').get();
  return row && String(row['identity']);
}

export function putInhabitedRoot(db: DatabaseSync, identity: string): void {
  db.prepare('INSERT OR REPLACE INTO root (id, identity) VALUES (1, ?)').run(identity);
}
