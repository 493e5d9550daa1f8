import type { SchemaNode } from './schema-node.ts';
import type { Static, TSchema } from './schema-words.ts';

/** A copy of `value` with the default of every absent field filled in, as `schema` says. */
export function filledWithDefaults<S extends TSchema>(schema: S, value: Static<S> | undefined): unknown {
  return filled(schema as SchemaNode, value);
}

function filled(node: SchemaNode, given: unknown): unknown {
  const value = structuredClone(given === undefined ? node.default : given);
  if (!node.properties || typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = { ...value };
  for (const [name, field] of Object.entries(node.properties)) {
    const whole = filled(field, result[name]);
    if (whole !== undefined) result[name] = whole;
  }
  return result;
}
