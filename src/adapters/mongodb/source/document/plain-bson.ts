import { BSON } from 'mongodb';

/** A value that only BSON knows: an ObjectId, a Long, a Decimal128, binary data. */
export interface OfBSON {
  readonly _bsontype: string;
}

/** A document's field of that name is plain data; the type's own name is inherited. */
export function isOfBSON(value: unknown): value is OfBSON {
  if (typeof value !== 'object' || value === null || Object.hasOwn(value, '_bsontype')) return false;
  return '_bsontype' in value && typeof value._bsontype === 'string';
}

/** A document, or an object in one; every other object stands for a single value. */
export function isDocument(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A value of a document as JSON can hold it, so that equal values give equal JSON and others do not: types are named. */
export function plainBSON(value: unknown): unknown {
  if (typeof value === 'bigint') return { $bigint: String(value) };
  if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) };
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plainBSON);
  if (value instanceof Date) return { $date: String(value.getTime()) };
  if (isOfBSON(value)) return BSON.EJSON.serialize(value, { relaxed: false });
  if (!isDocument(value)) return { $other: String(value) };
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plainBSON(member)]));
}
