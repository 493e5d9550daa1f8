/**
 * A value of a document as JSON can hold it. What only BSON knows (a date, an ObjectId, a Decimal128, binary data)
 * becomes an object that names its type: no field of a Bot or an Account is of such a type, so that it is told as a
 * wrong value, and differs from the text that looks the same.
 */
export function plainBSON(value: unknown): unknown {
  if (typeof value === 'bigint') return { $bigint: String(value) };
  if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) };
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plainBSON);
  if (value instanceof Date) return { $date: String(value.getTime()) };
  if (isOfBSON(value)) return { [`$${value._bsontype}`]: String(value) };
  if (Object.getPrototypeOf(value) !== Object.prototype) return { $other: String(value) };
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plainBSON(member)]));
}

/** An `_id` for people, and to tell one from another: a text as it is, `ObjectId 65f0…`, or JSON. */
export function idText(id: unknown): string {
  if (typeof id === 'string') return id;
  if (typeof id !== 'object' || id === null) return String(id);
  return isOfBSON(id) ? `${id._bsontype} ${String(id)}` : JSON.stringify(plainBSON(id));
}

function isOfBSON(value: object): value is { readonly _bsontype: string } {
  return '_bsontype' in value && typeof value._bsontype === 'string' && !Object.hasOwn(value, '_bsontype');
}
