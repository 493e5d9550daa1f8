import { validateBotChange } from '../check/schema-validator.ts';
import type { Problem } from '../problem.ts';
import type { AnyRecord, BotRecord } from '../records.ts';
import { problemOf } from '../schema/violation.ts';
import type { AccountSpec, AccountStatus } from '../spec/account-spec.ts';
import type { BotSpec } from '../spec/bot-spec.ts';
import type { BotStatus } from '../spec/bot-status.ts';
import { canonicalText } from './canonical-json.ts';
import type { SharedValues } from './shared-values.ts';

// How sources that keep their own records, beside what users write, apply a declaration.

export const noProblems: readonly Problem[] = Object.freeze([]);
export const noStatus: BotStatus & AccountStatus = Object.freeze({});

/** What is declared for a record now. */
interface DeclaredSpec {
  /** Canonical JSON; undefined if it is not valid. */
  readonly spec: string | undefined;
  /** For messages. */
  readonly where: string;
  readonly problems: readonly Problem[];
}

/**
 * The record with this declaration; the same object if nothing differs. The last valid spec outlives an
 * invalid one.
 */
export function declareRecord<R extends AnyRecord>(
  record: R,
  { spec, where, problems }: DeclaredSpec,
  shared: SharedValues,
): R {
  const placed = record.origin === where ? record : { ...record, origin: where };
  const shown = withProblems(placed, problems.length > 0 ? problems : noProblems);
  if (spec === undefined || (record.spec !== undefined && canonicalText(record.spec) === spec)) return shown;
  const parsed = shared.specOf<NonNullable<R['spec']>>(spec);
  const forbidden = forbiddenChange(record, parsed, where);
  if (forbidden.length > 0) return withProblems(shown, forbidden);
  return { ...shown, spec: parsed, generation: record.generation + 1, version: raised(record.version) };
}

/** What a bot's declaration must not change once there was a valid one. */
function forbiddenChange(record: AnyRecord, spec: BotSpec | AccountSpec, where: string): Problem[] {
  if (!isBot(record) || !record.spec) return [];
  const violations = validateBotChange(spec as BotSpec, record.spec);
  return violations.map((violation) => problemOf(violation, where, `Bot ${record.key}`));
}

export function isBot(record: AnyRecord): record is BotRecord {
  return ('hasFinalizer' satisfies keyof BotRecord) in record;
}

/** The bot once it is declared again before its deletion has begun. */
export function undeleted(record: BotRecord): BotRecord {
  if (!record.deletion) return record;
  const { deletion: _, ...rest } = record;
  return { ...rest, version: raised(record.version) };
}

export function withProblems<R extends AnyRecord>(record: R, problems: readonly Problem[]): R {
  const same = JSON.stringify(record.problems) === JSON.stringify(problems);
  return same ? record : { ...record, problems };
}

/** The version after `version`. */
export function raised(version: string): string {
  return String(Number(version) + 1);
}
