import type { Problem } from '../problem.ts';
import { type FieldPath, fieldText } from './field-path.ts';

/** A rule that a value breaks, before it is known which document the value is in. */
export interface Violation {
  readonly path: FieldPath;
  /** As in Problem. */
  readonly rule: string;
  /** As in Problem. */
  readonly value?: string;
}

/** `violation` of the object called `object`, as a Problem at `where`. */
export function problemOf(violation: Violation, where: string, object?: string): Problem {
  const { path, rule, value } = violation;
  return {
    where,
    ...(object === undefined ? {} : { object }),
    field: fieldText(path),
    rule,
    ...(value === undefined ? {} : { value }),
  };
}

const longest = 60;

/** `value` as short JSON; undefined if it is absent or might hold a secret. Mappings are only hinted at. */
export function shownValue(path: FieldPath, value: unknown): string | undefined {
  if (value === undefined || mightBeSecret(path)) return undefined;
  const text = Array.isArray(value) ? listText(value) : entryText(value);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** Cuts the value before writing it out: nobody reads past the limit. */
function listText(list: readonly unknown[]): string {
  return `[${list.slice(0, longest).map(entryText).join(',')}]`;
}

function entryText(value: unknown): string {
  if (Array.isArray(value)) return '[…]';
  if (typeof value === 'object' && value !== null) return '{…}';
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/**
 * A value that may hold a secret: a Secret's data, a token, a URL with a password, anything in the language
 * model's block but the provider's name. Keys end up in odd places.
 */
export function mightBeSecret(path: FieldPath): boolean {
  const [first, second, third] = path;
  if (first === 'data' || first === 'stringData') return true;
  if (first !== 'spec') return false;
  if (second === 'llm') return third !== 'provider';
  return (second === 'adopt' && third === 'tokenSHA256') || path.includes('repoURL');
}
