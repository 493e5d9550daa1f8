import { type Dirent, lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';

/** Told what a scan comes by; paths are relative to the root, '' being the root itself. */
export interface ScanVisitor {
  directory(path: string): void;
  file(path: string, stats: Stats): void;
  /** Something that may hold declarations could not be looked at: absence is not proven. */
  unreadable(path: string, error: unknown): void;
  /** Something was there and then was not: another scan will tell more. */
  vanished(path: string): void;
}

/** Names looked at between two pauses of a scan: some milliseconds of work. */
const namesASlice = 1000;

/**
 * Whether a file of that name may hold manifests. Hidden ones (`.git`, the `..data` of mounted ConfigMaps, an
 * editor's temporary files) and back-ups that end in `~` do not.
 */
export function isManifestName(name: string): boolean {
  return /^[^.].*\.(ya?ml|json)$/i.test(name);
}

/**
 * Walks the tree below `root`, pausing now and then. Symbolic links are followed; a directory that can be
 * reached by several paths is read once, by its plain path where it has one.
 */
export function* scanTree(root: string, visitor: ScanVisitor): Generator<undefined, void> {
  const seen = new Set<string>();
  const waiting: string[] = [''];
  const links: string[] = [];
  for (;;) {
    const path = waiting.pop() ?? links.shift();
    if (path === undefined) return;
    const found = yield* scanDirectory(root, path, openDirectory(root, path, seen, visitor), visitor);
    waiting.push(...found.directories.sort().reverse());
    links.push(...found.links.sort());
    yield;
  }
}

function* scanDirectory(root: string, path: string, entries: readonly Dirent[], visitor: ScanVisitor) {
  const directories: string[] = [];
  const links: string[] = [];
  for (const [number, entry] of entries.entries()) {
    if (number % namesASlice === namesASlice - 1) yield;
    if (entry.name.startsWith('.')) continue;
    const child = path === '' ? entry.name : `${path}/${entry.name}`;
    if (entry.isDirectory()) directories.push(child);
    else if (visitEntry(root, child, entry, visitor)) links.push(child);
  }
  return { directories, links };
}

/** The entries of a directory not seen before; none, and the visitor told, when it cannot be read. */
function openDirectory(root: string, path: string, seen: Set<string>, visitor: ScanVisitor): Dirent[] {
  try {
    const { dev, ino } = statSync(join(root, path));
    const identity = `${dev}:${ino}`;
    if (seen.has(identity)) return [];
    seen.add(identity);
    const entries = readdirSync(join(root, path), { withFileTypes: true });
    visitor.directory(path);
    return entries;
  } catch (error) {
    visitor.unreadable(path, error);
    return [];
  }
}

/** Looks at anything but a plain directory; true for a link to a directory. */
function visitEntry(root: string, path: string, entry: Dirent, visitor: ScanVisitor): boolean {
  const manifest = isManifestName(entry.name);
  if (!manifest && !entry.isSymbolicLink()) return false;
  try {
    const stats = statSync(join(root, path));
    if (stats.isDirectory()) return true;
    if (manifest && stats.isFile()) visitor.file(path, stats);
  } catch (error) {
    // A link that leads nowhere may have led to a directory full of manifests.
    if (lstatSync(join(root, path), { throwIfNoEntry: false })) visitor.unreadable(path, error);
    else visitor.vanished(path);
  }
  return false;
}
