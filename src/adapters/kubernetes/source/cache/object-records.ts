import { validateAccountSpec, validateBotSpec } from '../../../../model/check/schema-validator.ts';
import type { AccountRecord, BotRecord, Deletion } from '../../../../model/records.ts';
import { resourceKey } from '../../../../model/resource-key.ts';
import { problemOf } from '../../../../model/schema/violation.ts';
import { noProblems, noStatus } from '../../../../model/sharing/declare-record.ts';
import type { AccountSpec } from '../../../../model/spec/account-spec.ts';
import type { BotSpec } from '../../../../model/spec/bot-spec.ts';
import type { BotStatus } from '../../../../model/spec/bot-status.ts';
import type { ObjectMeta } from '../../client/kube-object.ts';
import type { AccountObject, BotObject } from '../objects.ts';
import { isHeld } from './finalizer.ts';

/** What the object alone does not say. */
export interface BotContext {
  /** The last good spec of this uid, if this process ever saw one. */
  readonly lastGood: BotSpec | undefined;
  readonly status: BotStatus;
  /** Something may have been attempted for this uid before. */
  readonly touched: boolean;
  /** Why every bot goes at once, when that is what its deletion is about. */
  readonly wholesale: string | undefined;
}

export function botRecord(object: BotObject, context: BotContext): BotRecord {
  const { metadata } = object;
  const base = recordBase('Bot', metadata);
  const { value, violations } = validateBotSpec(object.spec);
  const spec =
    value ?? context.lastGood ?? (metadata.deletionTimestamp ? specForDeletion(object.spec) : undefined);
  return {
    ...base,
    problems: violations.length === 0 ? noProblems : violations.map((each) => problemOf(each, base.origin)),
    spec,
    status: context.status,
    hasFinalizer: isHeld(metadata),
    pristine: !context.touched,
    ...deletionOf(metadata, context.wholesale),
  };
}

function deletionOf(
  { deletionTimestamp }: ObjectMeta,
  wholesale: string | undefined,
): { readonly deletion?: Deletion } {
  if (deletionTimestamp === undefined) return {};
  const requestedAt = deletionTimestamp;
  return {
    deletion:
      wholesale === undefined ? { requestedAt, implicit: false } : { requestedAt, implicit: true, wholesale },
  };
}

/** What records of every kind have in common. */
export function recordBase(kind: string, metadata: ObjectMeta) {
  const { namespace = '', name, uid, generation = 0, resourceVersion, creationTimestamp } = metadata;
  const key = resourceKey(namespace, name);
  return {
    key,
    namespace,
    name,
    uid,
    generation,
    version: resourceVersion,
    createdAt: creationTimestamp,
    origin: `${kind} ${key}`,
  };
}

/** `lastGood` is the last good spec of this uid, if this process ever saw one. */
export function accountRecord(object: AccountObject, lastGood: AccountSpec | undefined): AccountRecord {
  const base = recordBase('Account', object.metadata);
  const { value, violations } = validateAccountSpec(object.spec);
  return {
    ...base,
    problems: violations.length === 0 ? noProblems : violations.map((each) => problemOf(each, base.origin)),
    spec: value ?? lastGood,
    status: object.status ?? noStatus,
  };
}

/**
 * What is needed of a spec to end a bot whose declaration is bad and was never seen good: after a restart, say. Only
 * the plain word Delete, or nothing at all where nothing was adopted, lets a droplet be destroyed; whatever may be meant
 * as protection protects.
 */
function specForDeletion(spec: unknown): BotSpec {
  const { accountRef, deletionPolicy, deletionProtection = false, adopt } = fieldsOf(spec);
  const { name } = fieldsOf(accountRef);
  const destroys = deletionPolicy === 'Delete' || (deletionPolicy === undefined && adopt === undefined);
  return {
    accountRef: { name: typeof name === 'string' ? name : '' },
    deletionPolicy: destroys ? 'Delete' : 'Orphan',
    ...(deletionProtection !== false && { deletionProtection: true }),
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
