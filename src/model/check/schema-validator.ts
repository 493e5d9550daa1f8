import type { SchemaNode } from '../schema/schema-node.ts';
import { type Static, type TSchema, Type } from '../schema/schema-words.ts';
import type { Violation } from '../schema/violation.ts';
import { type AccountSpec, accountSpecSchema } from '../spec/account-spec.ts';
import { type BotSpec, botSpecSchema } from '../spec/bot-spec.ts';
import { botRules, botTransitions, type Rule, ruleViolations, transitionViolations } from '../spec/rules.ts';
import { explainError } from './explain-error.ts';
import { type CheckedSchema, schemaErrors } from './schema-errors.ts';

/** What a value was found to be: good and typed, or everything that is wrong with it. */
type Validated<T> =
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

/**
 * `value` with every known field that is null left out, as Kubernetes prunes them: `droplet:` with all its
 * lines commented out means the defaults. The same object when there is nothing to leave out.
 */
function withoutNulls(schema: SchemaNode, value: unknown): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? mapped(value, (entry) => withoutNulls(items, entry)) : value;
  }
  if (!schema.properties || typeof value !== 'object' || value === null) return value;
  return prunedObject(schema.properties, value as Record<string, unknown>);
}

function prunedObject(
  properties: Readonly<Record<string, SchemaNode>>,
  value: Readonly<Record<string, unknown>>,
): unknown {
  let result: Record<string, unknown> | undefined;
  for (const [name, schema] of Object.entries(properties)) {
    if (!Object.hasOwn(value, name)) continue;
    const pruned = value[name] === null ? undefined : withoutNulls(schema, value[name]);
    if (pruned === value[name]) continue;
    result ??= { ...value };
    if (pruned === undefined) delete result[name];
    else result[name] = pruned;
  }
  return result ?? value;
}

function mapped(list: readonly unknown[], map: (entry: unknown) => unknown): readonly unknown[] {
  const result = list.map(map);
  return result.some((entry, index) => entry !== list[index]) ? result : list;
}

const botValidator = schemaValidator('bot', Type.Object({ spec: botSpecSchema }), botRules);
const accountValidator = schemaValidator('account', Type.Object({ spec: accountSpecSchema }), []);

/** Checks a Bot's spec that did not come from YAML: an object of Kubernetes, a document of MongoDB. */
export function validateBotSpec(spec: unknown): Validated<BotSpec> {
  return specOf(botValidator({ spec }));
}

/** Checks an Account's spec that did not come from YAML; none at all declares the defaults. */
export function validateAccountSpec(spec: unknown = {}): Validated<AccountSpec> {
  return specOf(accountValidator({ spec }));
}

function specOf<T>(checked: Validated<{ spec: T }>): Validated<T> {
  return checked.value ? { value: checked.value.spec, violations: [] } : checked;
}

/** What is wrong with a change of a bot from one valid spec to another: some fields never change. */
export function validateBotChange(spec: BotSpec, old: BotSpec): readonly Violation[] {
  return transitionViolations(botTransitions, { spec }, { spec: old });
}
