import { type FieldPath, fieldText } from '../schema/field-path.ts';
import { keywordsOf, type SchemaNode } from '../schema/schema-node.ts';
import type { Rule, TransitionRule } from '../spec/rules.ts';

/** A schema as `apiextensions.k8s.io/v1` takes it. */
export type StructuralSchema = Readonly<Record<string, unknown>>;

/** What the API server gets besides the schema: CEL rules by their place, and lists that have a key. */
export interface Extensions {
  readonly rules: readonly (Rule | TransitionRule)[];
  /** Field paths of lists (as `status.conditions`) and the field that identifies their entries. */
  readonly listKeys: Readonly<Record<string, string>>;
}

/**
 * `schema` as a structural schema: a type everywhere, and no `additionalProperties: false`, since the API
 * server prunes or refuses unknown fields by itself.
 */
export function structuralSchema(
  schema: SchemaNode,
  extensions: Extensions,
  path: FieldPath = [],
): StructuralSchema {
  const { items, properties } = schema;
  return {
    type: schema.type ?? 'string',
    ...picked(schema),
    ...(items ? listPart(items, extensions, path) : {}),
    ...(properties ? { properties: propertiesPart(properties, extensions, path) } : {}),
    ...validations(extensions.rules, path),
  };
}

const kept = [
  'description',
  'default',
  'enum',
  'format',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'required',
] as const satisfies readonly (keyof SchemaNode)[];

function picked(node: SchemaNode): StructuralSchema {
  return { ...keywordsOf(node, kept), ...describedDefault(node) };
}

/** `kubectl explain` shows descriptions, not defaults. */
function describedDefault({ description, default: value }: SchemaNode): StructuralSchema {
  if (description === undefined || value === undefined || value === '' || typeof value === 'object')
    return {};
  return { description: `${description} Default: ${value}.` };
}

function listPart(items: SchemaNode, extensions: Extensions, path: FieldPath): StructuralSchema {
  const key = extensions.listKeys[fieldText(path)];
  return {
    items: structuralSchema(items, extensions, [...path, 'items']),
    ...(key === undefined ? {} : { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [key] }),
  };
}

function propertiesPart(
  properties: Readonly<Record<string, SchemaNode>>,
  extensions: Extensions,
  path: FieldPath,
): StructuralSchema {
  return Object.fromEntries(
    Object.entries(properties).map(([name, node]) => [
      name,
      structuralSchema(node, extensions, [...path, name]),
    ]),
  );
}

function validations(rules: Extensions['rules'], path: FieldPath): StructuralSchema {
  const here = rules.filter((rule) => fieldText(rule.at) === fieldText(path));
  if (here.length === 0) return {};
  return {
    'x-kubernetes-validations': here.map(({ cel, message, field }) => ({
      rule: cel,
      message,
      ...(field === undefined ? {} : { fieldPath: `.${field}` }),
    })),
  };
}
