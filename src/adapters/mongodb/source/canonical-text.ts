import { canonicalJSON } from '../../../model/canonical-json.ts';

const texts = new WeakMap<object, string>();

/** As canonicalJSON, of an object that is never mutated: made once for all the records that share it. */
export function canonicalText(value: object): string {
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = canonicalJSON(value);
  texts.set(value, text);
  return text;
}
