import type { FieldPath } from './field-path.ts';

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

/** Those of these keywords that the schema has. */
export function keywordsOf(
  node: SchemaNode,
  keywords: readonly (keyof SchemaNode)[],
): Readonly<Partial<SchemaNode>> {
  return Object.fromEntries(
    keywords.flatMap((key) => (node[key] === undefined ? [] : [[key, node[key]] as const])),
  );
}

/** The schema of what stands at `path` below a value of `root`; undefined where the schema knows nothing. */
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
