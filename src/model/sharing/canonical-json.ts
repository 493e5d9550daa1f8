/**
 * JSON with the keys of every object sorted and without undefined members, so that equal values give equal
 * text.
 */
export function canonicalJSON(value: unknown): string {
  return (
    JSON.stringify(value, (_key, member: unknown) => (isPlainObject(member) ? inOrder(member) : member)) ??
    'null'
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function inOrder(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

const texts = new WeakMap<object, string>();

/** Like canonicalJSON, for an object that is never mutated: made once for all the records that share it. */
export function canonicalText(value: object): string {
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = canonicalJSON(value);
  texts.set(value, text);
  return text;
}
