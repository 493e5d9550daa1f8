import type { Problem } from '../../../model/problem.ts';
import type { AccountRecord, AnyRecord, BotRecord } from '../../../model/records.ts';
import {
  declareRecord,
  isBot,
  noProblems,
  raised,
  undeleted,
  withProblems,
} from '../../../model/sharing/declare-record.ts';
import type { SharedValues } from '../../../model/sharing/shared-values.ts';
import type { Declared } from '../declaration.ts';

/** Whether the deletion of `record` has begun, so that it ends before another bot takes the name. */
export function isBeingDeleted(record: BotRecord | undefined): boolean {
  return record?.deletion !== undefined && record.status.phase === 'Deleting';
}

/** `record` as it is when this is declared; the same object when nothing differs. `now` is ISO 8601. */
export function nextBot(record: BotRecord, declared: Declared, now: string, shared: SharedValues): BotRecord {
  if (declared.state === 'gone') return goneBot(record, declared.wholesale, now);
  if (declared.state === 'obscured') return withProblems(record, declared.problems);
  if (isBeingDeleted(record)) return record;
  return declaredRecord(undeleted(record), declared, shared);
}

/** As nextBot; undefined when the account is no longer declared. */
export function nextAccount(
  record: AccountRecord,
  declared: Declared,
  shared: SharedValues,
): AccountRecord | undefined {
  if (declared.state === 'gone') return undefined;
  if (declared.state === 'obscured') return withProblems(record, declared.problems);
  return declaredRecord(record, declared, shared);
}

/** Applies a declaration to a record that exists or was just made; the last good spec outlives a bad one. */
export function declaredRecord<R extends AnyRecord>(
  record: R,
  declared: Extract<Declared, { state: 'once' | 'repeated' }>,
  shared: SharedValues,
): R {
  if (declared.state === 'repeated') return withProblems(record, [repeatedProblem(record, declared.places)]);
  return declareRecord(record, declared.declaration, shared);
}

/** That nobody decided about its end can be found later than its end. */
function goneBot(record: BotRecord, wholesale: string | undefined, now: string): BotRecord {
  const before = record.deletion;
  if (before && (wholesale === undefined || before.wholesale !== undefined)) return record;
  const deletion = {
    ...(before ?? { requestedAt: now, implicit: true }),
    ...(wholesale !== undefined && { wholesale }),
  };
  return { ...record, problems: noProblems, deletion, version: raised(record.version) };
}

function repeatedProblem(record: AnyRecord, places: readonly string[]): Problem {
  const kind = isBot(record) ? 'Bot' : 'Account';
  const rule = `is declared ${places.length} times, in ${places.join(' and ')}: nothing is done until one is left`;
  return { where: places.join(', '), object: `${kind} ${record.key}`, field: '', rule, duplicate: true };
}
