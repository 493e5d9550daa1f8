import type { SchemaNode } from './schema-node.ts';

/**
 * `value` with every known field that is null left out, as Kubernetes prunes them: `droplet:` with all its
 * lines commented out means the defaults. The same object when there is nothing to leave out.
 */
export function withoutNulls(schema: SchemaNode, value: unknown): unknown {
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
