import { DatabaseSync } from 'node:sqlite';

/** A state file as SQL, which a review can read: its schema and every row. */
export function dumpState(file: string): string {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
    const objects = db.prepare('SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL').all();
    const tables = objects.filter(({ type }) => type === 'table').map(({ name }) => String(name));
    const lines = [
      `PRAGMA user_version = ${version};`,
      ...objects.map(({ sql }) => `${sql};`),
      ...tables.flatMap((table) => rowsOf(db, table)),
    ];
    return `${lines.join('\n')}\n`;
  } finally {
    db.close();
  }
}

/** The state file that such a dump is of. */
export function loadState(file: string, dump: string): void {
  const db = new DatabaseSync(file);
  try {
    db.exec(`BEGIN; ${dump} COMMIT`);
  } finally {
    db.close();
  }
}

function rowsOf(db: DatabaseSync, table: string): string[] {
  const rows = db.prepare(`SELECT * FROM ${table}`).all();
  return rows.map((row) => `INSERT INTO ${table} VALUES (${Object.values(row).map(literal).join(', ')});`);
}

function literal(value: unknown): string {
  if (value === null || typeof value === 'number') return String(value);
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  throw new Error(`a state holds texts and numbers, not a ${typeof value}`);
}
