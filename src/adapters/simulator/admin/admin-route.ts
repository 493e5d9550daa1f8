import type Type from 'typebox';
import Value from 'typebox/value';
import { unprocessable } from '../api/api-error.ts';
import { parseObject } from '../api/json-body.ts';
import type { SimulatedCloud } from '../simulated-cloud.ts';

/** `body` is JSON. */
export interface AdminCall {
  readonly simulator: SimulatedCloud;
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  readonly body: string;
}

export interface AdminRoute {
  readonly method: string;
  readonly path: string;
  /** Text for people: what the route does, with the fields of its body. */
  readonly what: string;
  /**
   * Its result: an object is sent as JSON, a string as it is, undefined as 204. Throws APIError to refuse.
   */
  readonly answer: (call: AdminCall) => unknown;
}

/** The body, checked against the schema. Throws a 422 that names every broken rule. */
export function parseAs<Schema extends Type.TSchema>(schema: Schema, body: string): Type.Static<Schema> {
  const value: unknown = parseObject(body);
  if (Value.Check(schema, value)) return value;
  const broken = Value.Errors(schema, value).map(({ instancePath, message }) =>
    `${instancePath} ${message}`.trim(),
  );
  throw unprocessable(broken.join('; '));
}
