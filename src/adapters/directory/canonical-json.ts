/** JSON with the keys of every object in order and undefined left out: equal values give equal text. */
export function canonicalJSON(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

const texts = new WeakMap<object, string>();

/** As canonicalJSON, of an object that is never mutated: made once for all the records that share it. */
export function canonicalText(value: object): string {
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = canonicalJSON(value);
  texts.set(value, text);
  return text;
}
