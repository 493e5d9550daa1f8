import type { FieldPath } from './field-path.ts';
import type { Static, TSchema } from './schema-words.ts';

/** The part of JSON Schema that the schemas of this folder use, as plain data. */
export interface SchemaNode {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: SchemaNode;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
}

/** The ones among `keywords` that the schema has. */
export function keywordsOf(
  node: SchemaNode,
  keywords: readonly (keyof SchemaNode)[],
): Readonly<Partial<SchemaNode>> {
  return Object.fromEntries(
    keywords.flatMap((key) => (node[key] === undefined ? [] : [[key, node[key]] as const])),
  );
}

/** The schema of what is at `path` below a value of `root`; undefined if the schema does not know it. */
export function schemaAt(root: SchemaNode, path: FieldPath): SchemaNode | undefined {
  let node: SchemaNode | undefined = root;
  for (const step of path) node = node && childOf(node, step);
  return node;
}

function childOf(node: SchemaNode, step: string | number): SchemaNode | undefined {
  if (typeof step === 'number') return node.items;
  if (node.properties && Object.hasOwn(node.properties, step)) return node.properties[step];
  return Object.values(node.patternProperties ?? {})[0];
}

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
