import type { FieldPath } from '../../../../model/schema/field-path.ts';
import { type SchemaNode, schemaAt } from '../../../../model/schema/schema-node.ts';
import { shownValue, type Violation } from '../../../../model/schema/violation.ts';
import { bsonText, bsonTypeOf, isDocument, isOfBSON, isUUID } from './bson-text.ts';

/**
 * Names under which mappers of documents to objects note for themselves which object or class it is: Mongoose `_id`,
 * `__v` and `__t`, Spring Data `_class`, the C# driver and Morphia `_t`, MongoEngine `_cls`, Mongoid `_type`, Beanie
 * `_class_id`, Doctrine `_doctrine_class_name`. They declare nothing.
 */
export const mapperFields = [
  '_id',
  '__v',
  '__t',
  '_class',
  '_class_id',
  '_cls',
  '_t',
  '_type',
  '_doctrine_class_name',
] as const;

const passedOver: ReadonlySet<string> = new Set(mapperFields);
const mostSafe = `${Number.MAX_SAFE_INTEGER} (2^53 - 1)`;

export interface ReadValues {
  /** JSON alone; null in place of what was refused. */
  readonly value: unknown;
  /** Of values whose type no field of JSON can take. */
  readonly refusals: readonly Violation[];
}

/**
 * A value of a document as the schema means it: a Date or UUID where free text is meant becomes text, a Decimal128, Long
 * or other number becomes a number where one is meant and nothing of it gets lost. Fields of mappers are left out.
 */
export function readValues(schema: SchemaNode, value: unknown): ReadValues {
  const refusals: Violation[] = [];
  return { value: read(schema, value, [], refusals), refusals };
}

/** As in Problem: type and value, or the type alone where the value might be secret; undefined where JSON can show it. */
export function shownBSON(path: FieldPath, value: unknown): string | undefined {
  if (isJSON(value)) return undefined;
  return shownValue(path, '') === undefined ? bsonTypeOf(value) : bsonText(value);
}

function read(node: SchemaNode | undefined, given: unknown, path: FieldPath, refusals: Violation[]): unknown {
  const below = (step: string | number, member: unknown) =>
    read(node && schemaAt(node, [step]), member, [...path, step], refusals);
  if (Array.isArray(given)) return given.map((entry, index) => below(index, entry));
  if (isDocument(given)) {
    const fields = Object.entries(given).filter(([name]) => !passedOver.has(name));
    return Object.fromEntries(fields.map(([name, member]) => [name, below(name, member)]));
  }
  const taken = node && takenAs(node, given);
  if (taken !== undefined) return taken;
  if (isJSON(given) && !isInexact(node, given)) return given;
  if (node?.type ?? node?.enum) refusals.push(refusal(node, path, given));
  return null;
}

/** Whether JSON has this value, or a mapping or list of whatever. */
function isJSON(value: unknown): boolean {
  if (typeof value === 'bigint') return false;
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Array.isArray(value) || isDocument(value);
}

/** A whole number above 2^53 has lost its last digits before anybody could look. */
function isInexact(node: SchemaNode | undefined, value: unknown): boolean {
  return node?.type === 'integer' && typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER;
}

const numeric: ReadonlySet<string> = new Set(['Decimal128', 'Double', 'Int32', 'Long']);

/** Undefined where the value is nothing that the field could take. */
function takenAs(node: SchemaNode, value: unknown): string | number | undefined {
  if (node.type === 'string') return textOf(node, value);
  if (node.type !== 'integer' && node.type !== 'number') return undefined;
  const isNumber = typeof value === 'bigint' || (isOfBSON(value) && numeric.has(value._bsontype));
  return isNumber ? exactNumber(String(value)) : undefined;
}

function textOf({ enum: values, pattern }: SchemaNode, value: unknown): string | undefined {
  if (isUUID(value)) return value.toUUID().toHexString();
  const fits = value instanceof Date && !Number.isNaN(value.getTime()) && !values && !pattern;
  return fits ? value.toISOString() : undefined;
}

function refusal(node: SchemaNode, path: FieldPath, value: unknown): Violation {
  const shown = shownBSON(path, value) ?? bsonText(value);
  return { path, rule: ruleOf(node, value), value: shown };
}

function ruleOf({ type, enum: values }: SchemaNode, value: unknown): string {
  if (values) return `must be one of ${values.join(', ')}, as text`;
  if (type === 'integer' && isNumeric(value)) return `must be a whole number of at most ${mostSafe}`;
  if (type === 'number' && isNumeric(value)) return 'must be a number that a double holds exactly';
  return rules[type ?? 'string'];
}

function isNumeric(value: unknown): boolean {
  return numeric.has(bsonTypeOf(value)) && Number.isFinite(Number(String(value)));
}

const rules = {
  object: 'must be an object',
  array: 'must be an array',
  string: 'must be a string: write it as text',
  integer: 'must be a whole number: write an Int32 or Long',
  number: 'must be a number: write a Double or Decimal128',
  boolean: 'must be true or false',
} as const;

/**
 * The number that a decimal text such as `5.50` or `1E+3` says; undefined where a double would change it: too many
 * digits, a whole number beyond 2^53 - 1, infinite or no number at all.
 */
export function exactNumber(text: string): number | undefined {
  const number = Number(text);
  if (!Number.isFinite(number) || Math.abs(number) > Number.MAX_SAFE_INTEGER) return undefined;
  return digitsOf(text) === digitsOf(String(number)) ? number : undefined;
}

/** One form for each decimal: its significant digits and the power of ten that they begin with. */
function digitsOf(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text.trim()) ?? [];
  const digits = `${whole}${fraction}`;
  const first = digits.search(/[1-9]/);
  if (first < 0) return '0';
  const power = Number(exponent) + whole.length - first;
  return `${sign === '-' ? '-' : ''}${digits.slice(first).replace(/0+$/, '')}e${power}`;
}
