import { validateBotSpec } from '../../../../model/check/schema-validator.ts';
import type { BotRecord, Deletion } from '../../../../model/records.ts';
import { resourceKey } from '../../../../model/resource-key.ts';
import { problemOf } from '../../../../model/schema/violation.ts';
import { noProblems } from '../../../../model/sharing/declare-record.ts';
import type { BotSpec } from '../../../../model/spec/bot-spec.ts';
import type { BotStatus } from '../../../../model/spec/bot-status.ts';
import type { ObjectMeta } from '../../client/kube-object.ts';
import type { BotObject } from '../objects.ts';
import { isHeld } from './finalizer.ts';
import { specForDeletion } from './spec-for-deletion.ts';

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
