import type { SchemaNode } from '../schema/schema-node.ts';
import type { Static, TSchema } from '../schema/schema-words.ts';
import type { Violation } from '../schema/violation.ts';
import { withoutNulls } from '../schema/without-nulls.ts';
import { type Rule, ruleViolations } from '../spec/rules.ts';
import { explainError } from './explain-error.ts';
import { type CheckedSchema, schemaErrors } from './schema-errors.ts';

/** What a value was found to be: good and typed, or everything that is wrong with it. */
export type Validated<T> =
  | { readonly value: T; readonly violations: readonly [] }
  | { readonly value: undefined; readonly violations: readonly Violation[] };

/** A function that checks values against `schema`, which is checked under `name`, and `rules`. */
export function schemaValidator<const S extends TSchema>(
  name: CheckedSchema,
  schema: S,
  rules: readonly Rule[],
): (given: unknown) => Validated<Static<S>> {
  const node = schema as SchemaNode;
  return (given) => {
    const value = withoutNulls(node, given);
    const broken = schemaErrors(name, value).flatMap((error) => explainError(node, value, error));
    const violations = [...broken, ...ruleViolations(rules, value, broken)];
    return violations.length === 0
      ? { value: value as Static<S>, violations: [] }
      : { value: undefined, violations };
  };
}
