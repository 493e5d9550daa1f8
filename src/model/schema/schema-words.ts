import type TypeBox from 'typebox';
import type { TSchema } from 'typebox';

export type { Static, TSchema } from 'typebox';

type Words = Pick<
  typeof TypeBox,
  | 'Array'
  | 'Boolean'
  | 'Enum'
  | 'Integer'
  | 'Number'
  | 'Object'
  | 'Optional'
  | 'Record'
  | 'String'
  | 'Unknown'
>;
type Options = Readonly<Record<string, unknown>>;

/** The schemas of optional fields. */
const optional = new WeakSet<object>();

function objectSchema(properties: Readonly<Record<string, object>>, options?: Options): object {
  const required = Object.keys(properties).filter((name) => !optional.has(properties[name] ?? {}));
  return { type: 'object', ...(required.length > 0 && { required }), properties, ...options };
}

function optionalSchema(schema: object): object {
  const copy = { ...schema };
  optional.add(copy);
  return copy;
}

/**
 * The part of TypeBox that our schemas are written in, as plain JSON Schema. The static types are TypeBox's,
 * and so is the output; TypeBox itself would load 700 modules for it, 20 MB and 100 ms of every start.
 */
export const Type = {
  Array: (items: TSchema, options?: Options) => ({ type: 'array', items, ...options }),
  Boolean: (options?: Options) => ({ type: 'boolean', ...options }),
  Enum: (values: readonly string[], options?: Options) => ({ enum: values, ...options }),
  Integer: (options?: Options) => ({ type: 'integer', ...options }),
  Number: (options?: Options) => ({ type: 'number', ...options }),
  Object: objectSchema,
  Optional: optionalSchema,
  Record: (_key: TSchema, value: TSchema) => ({ type: 'object', patternProperties: { '^.*$': value } }),
  String: (options?: Options) => ({ type: 'string', ...options }),
  Unknown: () => ({}),
} as unknown as Words;

/** A time in ISO 8601. */
export function timeSchema(description: string) {
  return Type.String({ format: 'date-time', description });
}

/** A SHA-256 in hex. */
export function sha256Schema(description: string) {
  return Type.String({ pattern: '^[0-9a-f]{64}$', description });
}
