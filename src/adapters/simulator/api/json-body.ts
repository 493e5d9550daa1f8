import { badRequest, unprocessable } from './api-error.ts';

export type JSONObject = Readonly<Record<string, unknown>>;

/** The body as an object. Throws 400 if it is not one. */
export function parseObject(body: string): JSONObject {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw badRequest('There was an error parsing the request body.');
  }
  if (!isObject(value)) throw badRequest('The request body must be a JSON object.');
  return value;
}

export function isObject(value: unknown): value is JSONObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The readers below take null for absent and throw 422 on another type. */
export function textField(body: JSONObject, field: string): string | undefined {
  const value = body[field] ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw unprocessable(`${field} must be a string`);
}

export function flagField(body: JSONObject, field: string): boolean {
  const value = body[field] ?? false;
  if (typeof value === 'boolean') return value;
  throw unprocessable(`${field} must be a boolean`);
}

export function textsField(body: JSONObject, field: string): readonly string[] | undefined {
  const value = body[field] ?? undefined;
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw unprocessable(`${field} must be an array of strings`);
}

/** A slug or a number, as images and SSH keys are named. */
export function namesField(body: JSONObject, field: string): readonly (string | number)[] {
  const value = body[field] ?? [];
  const named = (item: unknown) => typeof item === 'string' || typeof item === 'number';
  if (Array.isArray(value) && value.every(named)) return value;
  throw unprocessable(`${field} must be an array of ids or names`);
}
