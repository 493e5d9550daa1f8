import type { ErrorObject, ValidateFunction } from 'ajv';
import * as generated from '../generated/schema-checks.ts';
import { type FieldPath, pathOfPointer } from '../schema/field-path.ts';
import type { SchemaNode } from '../schema/schema-node.ts';
import type { checkedSchemas } from './checked-schemas.ts';

/** A keyword of the schema that a value breaks, at a place below it. */
export interface SchemaError {
  readonly path: FieldPath;
  readonly keyword: keyof SchemaNode;
  /** The field that is missing, or unknown. */
  readonly name?: string;
}

export type CheckedSchema = keyof typeof checkedSchemas;

/** A bound against documents made to waste time; nobody reads past it. */
const mostErrors = 200;
const checks = generated as unknown as Readonly<Record<CheckedSchema, ValidateFunction>>;

/**
 * In what `value` breaks the schema of that name, at most 200 errors. Lengths count code points, as in
 * Kubernetes.
 */
export function schemaErrors(schema: CheckedSchema, value: unknown): readonly SchemaError[] {
  const check = checks[schema];
  if (check(value)) return [];
  return (check.errors ?? []).slice(0, mostErrors).map((error) => schemaError(value, error));
}

function schemaError(root: unknown, { instancePath, keyword, params }: ErrorObject): SchemaError {
  const name = params['missingProperty'] ?? params['additionalProperty'];
  return {
    path: pathOfPointer(root, instancePath),
    keyword: keyword as keyof SchemaNode,
    ...(name !== undefined && { name }),
  };
}
