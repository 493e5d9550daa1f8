import { Binary, BSON, BSONRegExp, Code, DBRef, Timestamp } from 'mongodb';

/** Longer values are cut, in characters. */
const longest = 60;

/** The name that BSON has for the type of a value which JSON has not: `ObjectId`, `Long`, `Date`. */
export function bsonTypeOf(value: unknown): string {
  if (value instanceof Date) return 'Date';
  if (value instanceof RegExp) return 'RegExp';
  if (isUUID(value)) return 'UUID';
  if (isOfBSON(value)) return value._bsontype;
  return typeof value === 'bigint' ? 'Long' : 'Double';
}

/** Type and value for people: `Long 9007199254740993`, `Date 2026-03-01T12:00:00.000Z`, `ObjectId 65f0…`. */
export function bsonText(value: unknown): string {
  const text = wholeText(value);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** An `_id` for people, and to tell one from another: a text as it is, `ObjectId 65f0…`, or JSON. */
export function idText(id: unknown): string {
  if (typeof id === 'string') return id;
  if (typeof id !== 'object' || id === null) return String(id);
  return isDocument(id) || Array.isArray(id) ? JSON.stringify(plainBSON(id)) : wholeText(id);
}

/** Of the subtype that every driver of today writes; the bytes of the former one stand in no certain order. */
export function isUUID(value: unknown): value is Binary {
  return value instanceof Binary && value.sub_type === Binary.SUBTYPE_UUID && value.position === 16;
}

function wholeText(value: unknown): string {
  return [bsonTypeOf(value), contentOf(value)].filter(Boolean).join(' ');
}

function contentOf(value: unknown): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'out of range' : value.toISOString();
  if (isUUID(value)) return value.toUUID().toHexString();
  return isOfBSON(value) ? ofBSON(value) : String(value);
}

function ofBSON(value: OfBSON): string {
  if (value instanceof Binary) return `of subtype ${value.sub_type}, ${value.toString('hex')}`;
  if (value instanceof Timestamp) return `${value.t}, ${value.i}`;
  if (value instanceof DBRef) return `to ${value.collection} ${idText(value.oid)}`;
  if (value instanceof Code) return value.code;
  if (value instanceof BSONRegExp) return `/${value.pattern}/${value.options}`;
  // MinKey and MaxKey have no content.
  return value.toString === Object.prototype.toString ? '' : String(value);
}

/** A value that only BSON knows: an ObjectId, a Long, a Decimal128, binary data. */
interface OfBSON {
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
