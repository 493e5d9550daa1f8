import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Settings } from 'typebox/system';
import { explainError } from './explain-error.ts';
import { type Rule, ruleViolations } from './rules.ts';
import type { SchemaNode } from './schema-node.ts';
import type { Violation } from './violation.ts';
import { withoutNulls } from './without-nulls.ts';

/** What a value was found to be: good and typed, or everything that is wrong with it. */
export type Validated<T> =
  | { readonly value: T; readonly violations: readonly [] }
  | { readonly value: undefined; readonly violations: readonly Violation[] };

// TypeBox stops at 8 errors unless told otherwise. A bound stays, against documents made to waste time.
Settings.Set({ maxErrors: 200 });

/** A function that checks values against `schema` and `rules`; compile once, call often. */
export function schemaValidator<const S extends TSchema>(
  schema: S,
  rules: readonly Rule[],
): (given: unknown) => Validated<Static<S>> {
  const node = schema as SchemaNode;
  const compiled = Compile(schema);
  return (given) => {
    const value = withoutNulls(node, given);
    const broken = compiled.Check(value)
      ? []
      : compiled.Errors(value).flatMap((error) => explainError(node, value, error));
    const violations = [...broken, ...ruleViolations(rules, value, broken)];
    return violations.length === 0
      ? { value: value as Static<S>, violations: [] }
      : { value: undefined, violations };
  };
}
