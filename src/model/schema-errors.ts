import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { type FieldPath, pathOfPointer } from './field-path.ts';
import type { SchemaNode } from './schema-node.ts';

/** A keyword of the schema that a value breaks, at a place below it. */
export interface SchemaError {
  readonly path: FieldPath;
  readonly keyword: keyof SchemaNode;
  /** The field that is missing, or unknown. */
  readonly name?: string;
}

/** A bound against documents made to waste time; nobody reads past it. */
const mostErrors = 200;

/** Formats are left to the API server of Kubernetes: no field of a spec has one. */
const ajv = new Ajv({ allErrors: true, validateFormats: false });

/**
 * A function that finds in what a value breaks `schema`, at most 200 errors. Lengths count code points, as in
 * Kubernetes. Compiles the schema at the first call: most commands check nothing.
 */
export function schemaErrorsOf(schema: SchemaNode): (value: unknown) => readonly SchemaError[] {
  let check: ValidateFunction | undefined;
  return (value) => {
    check ??= ajv.compile(schema);
    if (check(value)) return [];
    return (check.errors ?? []).slice(0, mostErrors).map((error) => schemaError(value, error));
  };
}

function schemaError(root: unknown, { instancePath, keyword, params }: ErrorObject): SchemaError {
  const name = params['missingProperty'] ?? params['additionalProperty'];
  return {
    path: pathOfPointer(root, instancePath),
    keyword: keyword as keyof SchemaNode,
    ...(name !== undefined && { name }),
  };
}
