import type { AccountRecord, AnyRecord, BotRecord, Deletion } from '../../../../model/records.ts';
import type { ResourceKey } from '../../../../model/resource-key.ts';
import { canonicalText } from '../../../../model/sharing/canonical-json.ts';
import { noProblems, noStatus } from '../../../../model/sharing/declare-record.ts';
import type { SharedValues } from '../../../../model/sharing/shared-values.ts';
import type { AccountSpec, AccountStatus } from '../../../../model/spec/account-spec.ts';
import type { BotSpec } from '../../../../model/spec/bot-spec.ts';
import type { BotStatus } from '../../../../model/spec/bot-status.ts';
import { documentLocation } from '../document/declaration.ts';
import type { LedgerDeletion, LedgerRecord } from './ledger-document.ts';

/**
 * A Bot as the ledger has it. Being there is the finalizer: it stays until it is released. Nobody but the leader
 * writes there, so that a record without status proves that nothing was ever attempted.
 */
export function botOf(
  stored: LedgerRecord,
  key: ResourceKey,
  place: string,
  shared: SharedValues,
): BotRecord {
  const { status, deletion, uid, spec } = stored;
  return {
    ...baseOf(stored, key, place, shared),
    spec: spec === null ? undefined : shared.specOf<BotSpec>(spec),
    status: status === null ? noStatus : shared.status(JSON.parse(status) as BotStatus, uid),
    hasFinalizer: true,
    pristine: status === null,
    ...(deletion && { deletion: deletionOf(deletion) }),
  };
}

export function accountOf(
  stored: LedgerRecord,
  key: ResourceKey,
  place: string,
  shared: SharedValues,
): AccountRecord {
  const { status, spec } = stored;
  return {
    ...baseOf(stored, key, place, shared),
    spec: spec === null ? undefined : shared.specOf<AccountSpec>(spec),
    status: status === null ? noStatus : (JSON.parse(status) as AccountStatus),
  };
}

function baseOf(stored: LedgerRecord, key: ResourceKey, place: string, shared: SharedValues) {
  const [namespace = '', name = ''] = key.split('/');
  return {
    key,
    namespace: shared.text(namespace),
    name,
    uid: stored.uid,
    generation: stored.generation,
    version: String(stored.version),
    createdAt: shared.time(stored.createdAt),
    problems: noProblems,
    origin: documentLocation(place, key),
  };
}

function deletionOf({ at, asked, wholesale }: LedgerDeletion): Deletion {
  return { requestedAt: at, implicit: !asked, ...(wholesale !== undefined && { wholesale }) };
}

/** What the ledger keeps of a record but for its status. */
export function declaredPart(
  record: AnyRecord,
): Pick<LedgerRecord, 'generation' | 'version' | 'spec' | 'deletion'> {
  const deletion = 'deletion' in record ? record.deletion : undefined;
  return {
    generation: record.generation,
    version: Number(record.version),
    spec: record.spec === undefined ? null : canonicalText(record.spec),
    deletion: deletion
      ? {
          at: deletion.requestedAt,
          asked: !deletion.implicit,
          ...(deletion.wholesale !== undefined && { wholesale: deletion.wholesale }),
        }
      : null,
  };
}

/** Everything that the ledger keeps of a record. */
export function wholePart(record: AnyRecord, statusVersion: number): LedgerRecord {
  const isNew = record.status === noStatus;
  return {
    uid: record.uid,
    createdAt: record.createdAt,
    ...declaredPart(record),
    status: isNew ? null : JSON.stringify(record.status),
    statusVersion,
  };
}
