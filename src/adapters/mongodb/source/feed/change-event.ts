import type { ResourceKey } from '../../../../model/resource-key.ts';
import { keyOfID } from '../document/declaration.ts';
import { type CopyMark, copyMarkOf, type DeclaredDocument } from '../document/declared-document.ts';

/** What a change stream tells of one change, as far as it can be trusted. */
export type Change =
  /** `document` as it was a moment later; undefined where it is not told. */
  | { readonly kind: 'document'; readonly key: ResourceKey; readonly document: DeclaredDocument | undefined }
  /** Only the status was written; `mark` when it is a copy that a controller wrote. */
  | { readonly kind: 'status'; readonly key: ResourceKey; readonly mark: CopyMark | undefined }
  /** The collection is not what it was: everything has to be read again. `reason` when it is gone. */
  | { readonly kind: 'upheaval'; readonly reason: string }
  /** A document whose `_id` names no key. */
  | { readonly kind: 'foreign'; readonly document: DeclaredDocument; readonly isGone: boolean }
  /** Something whose document is not told: everything has to be read again. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'nothing' };

/** The parts of an event that are asked for. */
export interface StreamEvent {
  readonly _id: unknown;
  readonly operationType: string;
  readonly documentKey?: { readonly _id?: unknown };
  readonly fullDocument?: Partial<DeclaredDocument> | null;
  readonly updateDescription?: {
    readonly updatedFields?: Readonly<Record<string, unknown>>;
    readonly removedFields?: readonly string[];
  };
}

const ofDocuments = new Set(['insert', 'update', 'replace', 'delete']);
const upheavals: Readonly<Record<string, string>> = {
  drop: 'was dropped',
  dropDatabase: 'was dropped with its database',
  rename: 'was renamed',
  invalidate: 'was dropped or renamed',
};

export function changeOf(event: StreamEvent): Change {
  const { operationType, documentKey, fullDocument, updateDescription } = event;
  const reason = upheavals[operationType];
  if (reason !== undefined) return { kind: 'upheaval', reason };
  if (!ofDocuments.has(operationType)) return { kind: 'nothing' };
  // Some servers tell the update in place of the document's key: the document itself says better.
  const id = fullDocument?._id ?? documentKey?._id;
  if (id === undefined) return { kind: 'unknown' };
  const key = keyOfID(id);
  if (key === undefined) {
    const isGone = operationType === 'delete';
    return { kind: 'foreign', document: { ...fullDocument, _id: id }, isGone };
  }
  const status = updateDescription && statusAlone(updateDescription);
  if (status) return { kind: 'status', key, mark: copyMarkOf(status) };
  // One that was replaced may show an old copy of the status.
  const isShown = operationType === 'update' && fullDocument?._id !== undefined;
  return { kind: 'document', key, document: isShown ? { ...fullDocument, _id: id } : undefined };
}

function statusAlone({
  updatedFields = {},
  removedFields = [],
}: NonNullable<StreamEvent['updateDescription']>): { readonly status: unknown } | undefined {
  const fields = [...Object.keys(updatedFields), ...removedFields];
  const isAlone = fields.length > 0 && fields.every((field) => /^status(\.|$)/.test(field));
  return isAlone ? { status: updatedFields['status'] } : undefined;
}
