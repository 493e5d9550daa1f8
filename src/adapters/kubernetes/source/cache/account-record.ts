import { validateAccountSpec } from '../../../../model/check/schema-validator.ts';
import type { AccountRecord } from '../../../../model/records.ts';
import { problemOf } from '../../../../model/schema/violation.ts';
import { noProblems, noStatus } from '../../../../model/sharing/declare-record.ts';
import type { AccountSpec } from '../../../../model/spec/account-spec.ts';
import type { AccountObject } from '../objects.ts';
import { recordBase } from './bot-record.ts';

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
