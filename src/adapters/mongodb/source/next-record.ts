import type { AccountSpec } from '../../../model/account-spec.ts';
import type { BotSpec } from '../../../model/bot-spec.ts';
import type { Problem } from '../../../model/problem.ts';
import type { AccountRecord, BotRecord, Deletion } from '../../../model/records.ts';
import type { SharedValues } from '../../../model/shared-values.ts';
import { validateBotChange } from '../../../model/validate-spec.ts';
import { problemOf } from '../../../model/violation.ts';
import { canonicalText } from './canonical-text.ts';
import type { Declared } from './declaration.ts';
import { type AnyRecord, noProblems } from './stored-record.ts';

type Present = Extract<Declared, { state: 'present' }>;

/**
 * `record` as it is when this is declared; the same object when nothing differs, and of another version when it has
 * to be stored. `now` is ISO 8601. Once its deletion has begun it ends, whatever is declared: a document that is
 * there again then waits, and becomes another bot. Before that the same is an edit.
 */
export function nextBot(record: BotRecord, declared: Declared, now: string, shared: SharedValues): BotRecord {
  if (declared.state === 'gone') {
    const { wholesale } = declared;
    const deletion = { requestedAt: now, implicit: true, ...(wholesale !== undefined && { wholesale }) };
    return record.deletion ? record : ended(record, deletion);
  }
  if (record.deletion && record.status.phase === 'Deleting') return record;
  if (!declared.isEnding) return declaredRecord(undeleted(record), declared, shared);
  const last = declaredRecord(record, declared, shared);
  return last.deletion?.implicit === false ? last : ended(last, { requestedAt: now, implicit: false });
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

/** The last good spec outlives a bad one. */
export function declaredRecord<R extends AnyRecord>(
  record: R,
  { spec, problems }: Present,
  shared: SharedValues,
): R {
  const told = withProblems(record, problems.length > 0 ? problems : noProblems);
  if (spec === undefined || (record.spec !== undefined && canonicalText(record.spec) === spec)) return told;
  const parsed = shared.specOf<NonNullable<R['spec']>>(spec);
  const forbidden = forbiddenChange(record, parsed);
  if (forbidden.length > 0) return withProblems(told, forbidden);
  return { ...told, spec: parsed, generation: record.generation + 1, version: raised(record.version) };
}

/** What a bot's declaration may not change any more, once there was a good one. */
function forbiddenChange(record: AnyRecord, spec: BotSpec | AccountSpec): Problem[] {
  if (!('held' in record) || !record.spec) return [];
  const violations = validateBotChange(spec as BotSpec, record.spec);
  return violations.map((violation) => problemOf(violation, record.origin, `Bot ${record.key}`));
}

function ended(record: BotRecord, deletion: Deletion): BotRecord {
  const problems = deletion.implicit ? noProblems : record.problems;
  return { ...record, problems, deletion, version: raised(record.version) };
}

function undeleted(record: BotRecord): BotRecord {
  if (!record.deletion) return record;
  const { deletion: _, ...rest } = record;
  return { ...rest, version: raised(record.version) };
}

function withProblems<R extends AnyRecord>(record: R, problems: readonly Problem[]): R {
  const same = JSON.stringify(record.problems) === JSON.stringify(problems);
  return same ? record : { ...record, problems };
}

/** The version after `version`. */
export function raised(version: string): string {
  return String(Number(version) + 1);
}
