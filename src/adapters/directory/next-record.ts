import type { AccountSpec } from '../../model/account-spec.ts';
import type { BotSpec } from '../../model/bot-spec.ts';
import type { Problem } from '../../model/problem.ts';
import type { AccountRecord, BotRecord } from '../../model/records.ts';
import type { SharedValues } from '../../model/shared-values.ts';
import { validateBotChange } from '../../model/validate-spec.ts';
import { problemOf } from '../../model/violation.ts';
import { canonicalText } from './canonical-json.ts';
import type { Declared } from './declaration.ts';
import { noProblems } from './record-of-row.ts';

type AnyRecord = BotRecord | AccountRecord;

/** Whether the deletion of `record` has begun, so that it ends before another bot takes the name. */
export function isBeingDeleted(record: BotRecord | undefined): boolean {
  return record?.deletion !== undefined && record.status.phase === 'Deleting';
}

/** `record` as it is when this is declared; the same object when nothing differs. `now` is ISO 8601. */
export function nextBot(record: BotRecord, declared: Declared, now: string, shared: SharedValues): BotRecord {
  if (declared.state === 'gone') return record.deletion ? record : vanished(record, now);
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
  const { spec, where, problems } = declared.declaration;
  const placed = withProblems(
    record.origin === where ? record : { ...record, origin: where },
    problems.length > 0 ? problems : noProblems,
  );
  if (spec === undefined || (record.spec !== undefined && canonicalText(record.spec) === spec)) return placed;
  const parsed = shared.specOf<NonNullable<R['spec']>>(spec);
  const forbidden = forbiddenChange(record, parsed, where);
  if (forbidden.length > 0) return withProblems(placed, forbidden);
  return { ...placed, spec: parsed, generation: record.generation + 1, version: raised(record.version) };
}

/** What a bot's declaration may not change any more, once there was a good one. */
function forbiddenChange(record: AnyRecord, spec: BotSpec | AccountSpec, where: string): Problem[] {
  if (!isBot(record) || !record.spec) return [];
  const violations = validateBotChange(spec as BotSpec, record.spec);
  return violations.map((violation) => problemOf(violation, where, `Bot ${record.key}`));
}

function isBot(record: AnyRecord): record is BotRecord {
  return 'held' in record;
}

function vanished(record: BotRecord, now: string): BotRecord {
  const deletion = { requestedAt: now, implicit: true };
  return { ...record, problems: noProblems, deletion, version: raised(record.version) };
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

function repeatedProblem(record: AnyRecord, places: readonly string[]): Problem {
  const kind = isBot(record) ? 'Bot' : 'Account';
  const rule = `is declared ${places.length} times, in ${places.join(' and ')}: nothing is done until one is left`;
  return { where: places.join(', '), object: `${kind} ${record.key}`, field: '', rule, duplicate: true };
}

function raised(version: string): string {
  return String(Number(version) + 1);
}
