import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { CloudConfig } from './cloud-config.ts';
import { usageError } from './user-error.ts';

/** Where state files stand, below the current directory. */
export const stateDirectory = '.clawfleet';

/**
 * `.clawfleet/<directory>-<hash of its path>-<cloud>.db`: one state for each pair of source and cloud, so that
 * trying something out on the simulator never mixes with the real fleet. Two accounts behind one API share the
 * name; the state itself knows which account it belongs to, and holds still for another.
 */
export function defaultStateFile(source: string, cloud: CloudConfig, cwd: string): string {
  return join(cwd, stateDirectory, `${sourceSlug(source)}-${cloudSlug(cloud)}.db`);
}

/**
 * The state that a look from outside should read: the one of the cloud in force, or the only one there is, so
 * that reading needs no token. May not exist yet.
 */
export function existingStateFile(source: string, cloud: CloudConfig, cwd: string): string {
  const expected = defaultStateFile(source, cloud, cwd);
  if (existsSync(expected)) return expected;
  const others = stateFilesOf(source, cwd);
  if (others.length > 1) {
    throw usageError(
      `There are ${others.length} states of ${source}: ${others.map((file) => basename(file)).join(', ')}.`,
      `Say which with --state, such as --state ${join(stateDirectory, basename(others[0] ?? ''))}.`,
    );
  }
  return others[0] ?? expected;
}

function stateFilesOf(source: string, cwd: string): string[] {
  const directory = join(cwd, stateDirectory);
  if (!existsSync(directory)) return [];
  const prefix = `${sourceSlug(source)}-`;
  return readdirSync(directory)
    .filter((name) => name.startsWith(prefix) && name.endsWith('.db'))
    .sort()
    .map((name) => join(directory, name));
}

function sourceSlug(source: string): string {
  return `${slug(basename(source)) || 'root'}-${createHash('sha256').update(source).digest('hex').slice(0, 8)}`;
}

function cloudSlug(cloud: CloudConfig): string {
  return cloud.kind === 'simulator' ? 'simulator' : slug(new URL(cloud.apiURL).host);
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
