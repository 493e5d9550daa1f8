import { createHash } from 'node:crypto';
import { canonicalJSON } from '../../../../model/sharing/canonical-json.ts';
import { plainBSON } from './bson-text.ts';

/** What of a document says what should be, and which copy of the status stands in it. Anybody writes it: nothing is certain. */
export interface DeclaredDocument {
  readonly _id: unknown;
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly metadata?: unknown;
  /** Declare nothing: they only help to say what a document with an `_id` of its driver's making is about. */
  readonly namespace?: unknown;
  readonly name?: unknown;
  readonly spec?: unknown;
  readonly status?: unknown;
}

export const declaredFields = {
  apiVersion: 1,
  kind: 1,
  metadata: 1,
  namespace: 1,
  name: 1,
  spec: 1,
  'status.record': 1,
} as const;

/** Says in few bytes what the document declares: the same for the same, whatever the order of its fields. */
export function digestOf({ apiVersion, kind, metadata, spec }: DeclaredDocument): string {
  const text = canonicalJSON(plainBSON({ apiVersion, kind, metadata, spec }));
  return createHash('sha256').update(text).digest('base64url').slice(0, 27);
}

/** What a copy of a status says of itself. */
export interface CopyMark {
  /** Of the record's status that it shows. */
  readonly version: number;
  /** Of the leader that wrote it. */
  readonly epoch: unknown;
}

/** Undefined where the document's status is no copy of ours. */
export function copyMarkOf({ status }: Pick<DeclaredDocument, 'status'>): CopyMark | undefined {
  const record = member(status, 'record');
  const version = member(record, 'version');
  return typeof version === 'number' ? { version, epoch: member(record, 'epoch') } : undefined;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
