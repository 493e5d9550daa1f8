import { type FieldPath, valueAt } from '../schema/field-path.ts';
import { nearestName } from '../schema/nearest-name.ts';
import { type SchemaNode, schemaAt } from '../schema/schema-node.ts';
import { shownValue, type Violation } from '../schema/violation.ts';
import type { SchemaError } from './schema-errors.ts';

/** The validator's `error` about `root` in words for the author of the declaration. */
export function explainError(schema: SchemaNode, root: unknown, error: SchemaError): readonly Violation[] {
  const { path, keyword, name = '' } = error;
  switch (keyword) {
    case 'required':
      return [{ path: [...path, name], rule: 'is required' }];
    case 'additionalProperties':
      return [unknownField(schemaAt(schema, path), path, name)];
    case 'pattern':
      return isEmptyText(schemaAt(schema, path), valueAt(root, path)) ? [] : [broken(schema, root, error)];
    default:
      return [broken(schema, root, error)];
  }
}

/** That it must not be empty says enough. */
function isEmptyText(node: SchemaNode | undefined, value: unknown): boolean {
  return value === '' && node?.minLength !== undefined;
}

function unknownField(node: SchemaNode | undefined, path: FieldPath, name: string): Violation {
  const known = declarable(node);
  const near = nearestName(name, known);
  const hint = near ? `did you mean \`${near}\`?` : `known here are ${known.join(', ')}`;
  return { path: [...path, name], rule: `is an unknown field; ${hint}` };
}

/** What is accepted but left unread (of any type) is not suggested to anyone. */
function declarable(node: SchemaNode | undefined): readonly string[] {
  return Object.entries(node?.properties ?? {}).flatMap(([name, { type, enum: values }]) =>
    type || values ? [name] : [],
  );
}

function broken(schema: SchemaNode, root: unknown, { path, keyword }: SchemaError): Violation {
  const given = valueAt(root, path);
  const value = shownValue(path, given);
  const sentence = rule(schemaAt(schema, path) ?? {}, keyword, given);
  return { path, rule: sentence, ...(value === undefined ? {} : { value }) };
}

function rule(node: SchemaNode, keyword: SchemaError['keyword'], value: unknown): string {
  switch (keyword) {
    case 'enum':
      return `must be one of ${node.enum?.join(', ')}`;
    case 'minimum':
    case 'maximum':
      return `must be ${bounds(node.minimum, node.maximum, '')}`;
    case 'minLength':
    case 'maxLength':
      return node.minLength === 1 && value === ''
        ? 'must not be empty'
        : `must have ${bounds(node.minLength, node.maxLength, 'characters')}`;
    case 'minItems':
    case 'maxItems':
      return `must have ${bounds(node.minItems, node.maxItems, 'entries')}`;
    case 'pattern':
      return `must match ${node.pattern}`;
    default:
      return typeRule(node, value);
  }
}

const typeNames = {
  object: 'a mapping',
  array: 'a list',
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
} as const;

function typeRule(node: SchemaNode, value: unknown): string {
  const sentence = `must be ${node.type ? typeNames[node.type] : 'of another type'}`;
  const bare = typeof value === 'number' || typeof value === 'boolean';
  return node.type === 'string' && bare ? `${sentence}; put it in quotes` : sentence;
}

function bounds(least: number | undefined, most: number | undefined, unit: string): string {
  const parts = [
    ...(least === undefined ? [] : [`at least ${least}`]),
    ...(most === undefined ? [] : [`at most ${most}`]),
  ];
  return [parts.join(' and '), unit].filter(Boolean).join(' ');
}
