import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { type ParsedManifests, parseManifests } from '../../../model/manifest/parse-manifests.ts';
import type { Manifest } from '../../../model/manifest/read-manifest.ts';
import type { Problem } from '../../../model/problem.ts';
import { canonicalJSON } from '../../../model/sharing/canonical-json.ts';
import type { Declaration } from '../declaration.ts';
import { encodingFault } from './text-encoding.ts';

/** More than any manifest file has; past it a file is taken for a mistake and not read. */
const mostBytes = 32 * 1024 * 1024;

/** What tells that a file may have changed. */
export interface FileStamp {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly ino: number;
}

export interface SecretDeclaration {
  readonly where: string;
  readonly data: Readonly<Record<string, string>>;
}

/** What a file's content declares. Secrets are by `namespace/name`; undefined where there are none. */
export interface FileContent {
  readonly declarations: readonly Declaration[];
  readonly secrets: ReadonlyMap<string, readonly SecretDeclaration[]> | undefined;
  readonly problems: readonly Problem[];
  /** What was passed over. */
  readonly warnings: readonly Problem[];
}

export function stampOf({ size, mtimeMs, ctimeMs, ino }: Stats): FileStamp {
  return { size, mtimeMs, ctimeMs, ino };
}

export function sameStamp(a: FileStamp, b: FileStamp): boolean {
  return a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.ino === b.ino;
}

/** The text of a file and its digest; `steady` is false when it was being written meanwhile. */
export function readManifestText(root: string, path: string) {
  const file = openSync(join(root, path), 'r');
  try {
    return readOpenManifest(file);
  } finally {
    closeSync(file);
  }
}

function readOpenManifest(file: number) {
  const before = stampOf(fstatSync(file));
  if (before.size > mostBytes) throw new Error(`the file has more than ${mostBytes} bytes`);
  const bytes = readFileSync(file);
  const after = stampOf(fstatSync(file));
  const steady = sameStamp(before, after) && bytes.length === after.size;
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex'), stamp: before, steady };
}

/** The manifests in `bytes`, the content of the file at `path`, the name that messages give it. */
export function parseManifestBytes(bytes: Buffer, path: string): ParsedManifests {
  const fault = encodingFault(bytes);
  if (fault === undefined) return parseManifests(bytes.toString('utf8'), path);
  return { manifests: [], problems: [{ where: path, field: '', rule: fault }], warnings: [] };
}

/** As `parseManifestBytes`, in the form in which declarations are kept. */
export function parseFile(bytes: Buffer, path: string): FileContent {
  const { manifests, problems, warnings } = parseManifestBytes(bytes, path);
  return {
    declarations: manifests.filter((manifest) => manifest.kind !== 'Secret').map(declarationOf),
    secrets: secretsOf(manifests),
    problems: [...problems, ...manifests.flatMap((one) => (one.kind === 'Secret' ? one.problems : []))],
    warnings,
  };
}

function declarationOf(manifest: Exclude<Manifest, { kind: 'Secret' }>): Declaration {
  const { kind, key, namespace, name, where, problems } = manifest;
  const spec = manifest.spec === undefined ? undefined : canonicalJSON(manifest.spec);
  return { kind, key, namespace, name, where, spec, problems };
}

function secretsOf(manifests: readonly Manifest[]): FileContent['secrets'] {
  const secrets = new Map<string, SecretDeclaration[]>();
  for (const manifest of manifests) {
    if (manifest.kind !== 'Secret' || manifest.problems.length > 0) continue;
    const { where, data } = manifest;
    secrets.set(manifest.key, [...(secrets.get(manifest.key) ?? []), { where, data }]);
  }
  return secrets.size > 0 ? secrets : undefined;
}

/** Whether `error` says that the file is not there any more. */
export function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}

export function unreadableProblem(where: string, error: unknown): Problem {
  const cause = error instanceof Error ? error.message : String(error);
  return { where, field: '', rule: `cannot be read: ${cause}` };
}
