import { statSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import {
  parseManifestBytes,
  readManifestText,
  unreadableProblem,
} from '../adapters/directory/files/manifest-file.ts';
import { scanTree } from '../adapters/directory/files/scan-tree.ts';
import { UserError } from '../config/user-error.ts';
import type { Problem } from '../model/problem.ts';

export interface ManifestFile {
  /** As it is shown: relative to the current directory where it lies below it. */
  readonly name: string;
  readonly bytes: Buffer;
}

export interface FoundFiles {
  readonly files: readonly ManifestFile[];
  /** Of places that cannot be read. */
  readonly problems: readonly Problem[];
}

/** The manifest files that `path`, a file or a directory, holds; sorted by path. Throws when it is neither. */
export function manifestFiles(path: string, cwd: string): FoundFiles {
  const full = isAbsolute(path) ? path : join(cwd, path);
  const stats = statSync(full, { throwIfNoEntry: false });
  if (!stats) throw new UserError(`There is no ${path}.`, 'Give a file or a directory of manifests.');
  const paths: string[] = stats.isDirectory() ? [] : [full];
  const problems: Problem[] = [];
  if (stats.isDirectory()) {
    const unreadable = (child: string, error: unknown) =>
      problems.push(unreadableProblem(shown(join(full, child), cwd), error));
    const file = (child: string) => paths.push(join(full, child));
    for (const _ of scanTree(full, { directory: ignore, vanished: ignore, file, unreadable }));
  }
  const files: ManifestFile[] = [];
  for (const each of paths.sort()) {
    try {
      files.push({ name: shown(each, cwd), bytes: readManifestText('', each).bytes });
    } catch (error) {
      problems.push(unreadableProblem(shown(each, cwd), error));
    }
  }
  return { files, problems };
}

/** Directories hold nothing by themselves; what vanished while we looked is not there to be checked. */
function ignore(): void {}

function shown(path: string, cwd: string): string {
  const below = relative(cwd, path);
  return below.startsWith('..') ? path : below;
}

/** The manifests in a file, with what is wrong in it. */
export function parseManifestFile({ bytes, name }: ManifestFile): ReturnType<typeof parseManifestBytes> {
  return parseManifestBytes(bytes, name);
}
