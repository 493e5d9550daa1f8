import { canonicalJSON } from '../../../model/sharing/canonical-json.ts';
import type { Declaration } from '../declaration.ts';
import { partsOf } from '../declaration.ts';
import type { FileEntry } from '../files/declaration-index.ts';
import type { Scan } from '../files/scan.ts';
import type { FileTable } from '../state/file-table.ts';
import type { ResourceRow, ResourceTable } from '../state/resource-table.ts';
import type { RecordChange } from './file-records.ts';

/** Writes a changed, new or vanished record; runs inside a transaction. */
export function writeChange(table: ResourceTable, change: RecordChange): void {
  const { before, after } = change;
  if (!after) {
    if (before) table.remove(before.uid, Number(before.version));
  } else if (!before) {
    table.insert(rowOf(change, after));
  } else if (before.version !== after.version || before.origin !== after.origin) {
    table.declare(rowOf(change, after));
  }
}

/** Writes what the files of a look declare, for the next start. */
export function writeFiles(table: FileTable, look: Scan): void {
  for (const path of look.removedFiles) table.drop(path);
  for (const entry of look.changedFiles) {
    table.put(entry.path, isPlain(entry) ? entry.sha256 : null, [
      ...(entry.declared ?? []),
      ...keptDeclarations(entry),
    ]);
  }
}

function rowOf(change: RecordChange, after: NonNullable<RecordChange['after']>): ResourceRow {
  const { uid, namespace, name, generation, createdAt, origin, spec } = after;
  const deletion = 'deletion' in after ? after.deletion : undefined;
  return {
    uid,
    kind: change.kind,
    namespace,
    name,
    incarnation: change.incarnation ?? 0,
    generation,
    version: Number(after.version),
    createdAt,
    deletedAt: deletion?.requestedAt ?? null,
    wholesale: deletion?.wholesale ?? null,
    origin,
    spec: spec === undefined ? null : canonicalJSON(spec),
    status: null,
  };
}

/** Nothing in the file needs to be read again at the next start while its content is the same. */
function isPlain({ problems, warnings, secrets, declared }: FileEntry): boolean {
  return (
    problems.length + warnings.length === 0 &&
    !secrets &&
    (declared ?? []).every((one) => one.problems.length === 0)
  );
}

function keptDeclarations(entry: FileEntry): Declaration[] {
  return [...entry.kept].map((id) => ({ ...partsOf(id), where: entry.path, spec: undefined, problems: [] }));
}
