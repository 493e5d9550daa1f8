import { apiVersion } from '../../model/manifest/kinds.ts';
import type { AccountRecord, BotRecord } from '../../model/records.ts';

/** A record as the Kubernetes API would show it, so that the same `jq` reads both. */
export function objectForm(kind: 'Bot' | 'Account', record: BotRecord | AccountRecord): object {
  const deletion = 'deletion' in record ? record.deletion : undefined;
  return {
    apiVersion,
    kind,
    metadata: {
      name: record.name,
      namespace: record.namespace,
      uid: record.uid,
      generation: record.generation,
      resourceVersion: record.version,
      creationTimestamp: record.createdAt,
      ...(deletion ? { deletionTimestamp: deletion.requestedAt } : {}),
      annotations: { 'clawfleet.dev/declared-in': record.origin },
    },
    ...(record.spec ? { spec: record.spec } : {}),
    status: record.status,
  };
}

/** One object when one was asked for by name, else a List. */
export function objectsForm(
  kind: 'Bot' | 'Account',
  records: readonly (BotRecord | AccountRecord)[],
  single: boolean,
): object {
  const items = records.map((record) => objectForm(kind, record));
  return single && items[0] ? items[0] : { apiVersion: 'v1', kind: 'List', items };
}
