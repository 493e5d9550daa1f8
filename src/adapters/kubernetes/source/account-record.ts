import type { AccountSpec } from '../../../model/account-spec.ts';
import { noProblems, noStatus } from '../../../model/declare-record.ts';
import type { AccountRecord } from '../../../model/records.ts';
import { validateAccountSpec } from '../../../model/validate-spec.ts';
import { problemOf } from '../../../model/violation.ts';
import { recordBase } from './bot-record.ts';
import type { AccountObject } from './objects.ts';

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
