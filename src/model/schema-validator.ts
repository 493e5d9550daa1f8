import { explainError } from './explain-error.ts';
import { type Rule, ruleViolations } from './rules.ts';
import { schemaErrorsOf } from './schema-errors.ts';
import type { SchemaNode } from './schema-node.ts';
import type { Static, TSchema } from './schema-words.ts';
import type { Violation } from './violation.ts';
import { withoutNulls } from './without-nulls.ts';

/** What a value was found to be: good and typed, or everything that is wrong with it. */
export type Validated<T> =
  | { readonly value: T; readonly violations: readonly [] }
  | { readonly value: undefined; readonly violations: readonly Violation[] };

/** A function that checks values against `schema` and `rules`. */
export function schemaValidator<const S extends TSchema>(
  schema: S,
  rules: readonly Rule[],
): (given: unknown) => Validated<Static<S>> {
  const node = schema as SchemaNode;
  const errorsOf = schemaErrorsOf(node);
  return (given) => {
    const value = withoutNulls(node, given);
    const broken = errorsOf(value).flatMap((error) => explainError(node, value, error));
    const violations = [...broken, ...ruleViolations(rules, value, broken)];
    return violations.length === 0
      ? { value: value as Static<S>, violations: [] }
      : { value: undefined, violations };
  };
}
