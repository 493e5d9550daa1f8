import type { AccountRecord, BotRecord, Deletion } from '../../../model/records.ts';
import { resourceKey } from '../../../model/resource-key.ts';
import { noProblems, noStatus } from '../../../model/sharing/declare-record.ts';
import type { SharedValues } from '../../../model/sharing/shared-values.ts';
import type { AccountSpec, AccountStatus } from '../../../model/spec/account-spec.ts';
import type { BotSpec } from '../../../model/spec/bot-spec.ts';
import type { BotStatus } from '../../../model/spec/bot-status.ts';
import type { ResourceRow } from '../state/resource-table.ts';

/**
 * A stored Bot. The row is the finalizer: it is there until it is released. Nobody but the controller writes it, so a
 * row without status proves that nothing was ever attempted.
 */
export function botOfRow(row: ResourceRow, shared: SharedValues): BotRecord {
  const status = row.status === null ? noStatus : shared.status(JSON.parse(row.status) as BotStatus, row.uid);
  return {
    ...baseOfRow(row, shared),
    spec: row.spec === null ? undefined : shared.specOf<BotSpec>(row.spec),
    status,
    hasFinalizer: true,
    pristine: row.status === null,
    ...(row.deletedAt !== null && { deletion: deletionOf(row.deletedAt, row.wholesale) }),
  };
}

function deletionOf(requestedAt: string, wholesale: string | null): Deletion {
  return { requestedAt, implicit: true, ...(wholesale !== null && { wholesale }) };
}

export function accountOfRow(row: ResourceRow, shared: SharedValues): AccountRecord {
  return {
    ...baseOfRow(row, shared),
    spec: row.spec === null ? undefined : shared.specOf<AccountSpec>(row.spec),
    status: row.status === null ? noStatus : (JSON.parse(row.status) as AccountStatus),
  };
}

function baseOfRow(row: ResourceRow, shared: SharedValues) {
  return {
    key: resourceKey(row.namespace, row.name),
    namespace: shared.text(row.namespace),
    name: row.name,
    uid: row.uid,
    generation: row.generation,
    version: String(row.version),
    createdAt: shared.time(row.createdAt),
    problems: noProblems,
    origin: row.origin,
  };
}
