import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { until } from '../../test/lab/until.ts';
import { lackingIn } from './test-servers.ts';

/** Where programs are kept for all checkouts of this user. */
export function userCache(env: NodeJS.ProcessEnv): string {
  const mac = join(homedir(), 'Library', 'Caches');
  const other = env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(process.platform === 'darwin' ? mac : other, 'clawfleet', 'test-servers');
}

/** Folders in `cache` that hold all that is needed, newest version first. */
export function completeIn(cache: string): readonly string[] {
  if (!existsSync(cache)) return [];
  const byVersion = new Intl.Collator('en', { numeric: true }).compare;
  return readdirSync(cache)
    .filter((name) => !name.endsWith(partial))
    .sort((a, b) => byVersion(b, a))
    .map((name) => join(cache, name))
    .filter((directory) => lackingIn(directory).length === 0);
}

const partial = '.partial';
/** SQLITE_BUSY. */
const busy = 5;
const longestWaitMs = 15 * 60_000;

/**
 * The folder `name` of the cache, filled by `fill` where it is not there yet. It appears whole or not at all, and
 * processes that want it at the same time fill it once.
 */
export async function cached(
  cache: string,
  name: string,
  fill: (directory: string) => Promise<void>,
): Promise<string> {
  const directory = join(cache, name);
  if (existsSync(directory)) return directory;
  mkdirSync(cache, { recursive: true });
  using _lock = await locked(cache);
  if (!existsSync(directory)) await fillWhole(directory, fill);
  return directory;
}

async function fillWhole(directory: string, fill: (directory: string) => Promise<void>): Promise<void> {
  const unfinished = directory + partial;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished);
  try {
    await fill(unfinished);
    renameSync(unfinished, directory);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Waits for whoever else fills this cache. The operating system frees the lock of a process that dies. */
async function locked(cache: string): Promise<Disposable> {
  const database = new DatabaseSync(join(cache, 'lock.sqlite'));
  await until('whoever fills the cache of test servers', longestWaitMs, 100, () => isTaken(database));
  return { [Symbol.dispose]: () => database.close() };
}

function isTaken(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === busy) return false;
    throw error;
  }
}
