import type { AccountRecord, AnyRecord, BotRecord, Deletion } from '../../../../model/records.ts';
import { declareRecord, noProblems, raised, undeleted } from '../../../../model/sharing/declare-record.ts';
import type { SharedValues } from '../../../../model/sharing/shared-values.ts';
import type { Declared } from '../document/declaration.ts';
import { isLive, isMissed } from '../feed/wholesale-loss.ts';

type Present = Extract<Declared, { state: 'present' }>;

/**
 * `record` as it is when this is declared; the same object when nothing differs, and of another version when it has
 * to be stored. `now` is ISO 8601. Once its deletion has begun it ends, whatever is declared: a document that is
 * there again then waits, and becomes another bot. Before that the same is an edit.
 */
export function nextBot(record: BotRecord, declared: Declared, now: string, shared: SharedValues): BotRecord {
  if (declared.state === 'gone') return goneBot(record, declared.wholesale, now);
  if (record.deletion && record.status.phase === 'Deleting') return record;
  if (!declared.isEnding) return declaredRecord(undeleted(record), declared, shared);
  const last = declaredRecord(record, declared, shared);
  return last.deletion?.implicit === false ? last : ended(last, { requestedAt: now, implicit: false });
}

/** One that seemed to be removed by itself may have been the first of all. */
function goneBot(record: BotRecord, wholesale: string | undefined, now: string): BotRecord {
  const deletion = record.deletion ?? { requestedAt: now, implicit: true };
  if (wholesale !== undefined && (isLive(record) || isMissed(record)))
    return ended(record, { ...deletion, wholesale });
  return record.deletion ? record : ended(record, deletion);
}

/** As nextBot; undefined when the account is to be forgotten. */
export function nextAccount(
  record: AccountRecord,
  declared: Declared,
  shared: SharedValues,
): AccountRecord | undefined {
  if (declared.state === 'gone' || declared.isEnding) return undefined;
  return declaredRecord(record, declared, shared);
}

function declaredRecord<R extends AnyRecord>(record: R, declared: Present, shared: SharedValues): R {
  return declareRecord(record, { ...declared, where: record.origin }, shared);
}

function ended(record: BotRecord, deletion: Deletion): BotRecord {
  const problems = deletion.implicit ? noProblems : record.problems;
  return { ...record, problems, deletion, version: raised(record.version) };
}
