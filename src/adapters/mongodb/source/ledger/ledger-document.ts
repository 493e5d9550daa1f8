import type { Collection } from 'mongodb';
import type { ResourceKey } from '../../../../model/resource-key.ts';
import { asPortError } from '../../client/mongo-error.ts';
import type { ResourceKind } from '../document/declaration.ts';

/** What the controller keeps of one Bot or Account. Texts are JSON. */
export interface LedgerRecord {
  readonly uid: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Rises whenever the last good spec changes. */
  readonly generation: number;
  /** Rises with every write; each one names the version that it replaces. */
  readonly version: number;
  /** The last good spec, canonical; null where none was ever seen. */
  readonly spec: string | null;
  /** Null: nothing was ever attempted. */
  readonly status: string | null;
  /** The version that brought the present status; the copy in the document tells it. */
  readonly statusVersion: number;
  readonly deletion: LedgerDeletion | null;
}

export interface LedgerDeletion {
  /** ISO 8601. */
  readonly at: string;
  /** By `metadata.deletionTimestamp`; else the document merely is gone. */
  readonly asked: boolean;
  /** As in Deletion. */
  readonly wholesale?: string;
}

/** Who wrote last: whoever finds the nonce of an own write there has won. */
export interface LedgerMark {
  readonly nonce: string;
  /** The fencing epoch of the lease under which it was written; a lower one writes no more. */
  readonly epoch: number;
}

export interface LedgerDocument extends LedgerRecord, LedgerMark {
  readonly _id: string;
}

/** Of a record of which nothing is stored yet. */
export const blankRecord = {
  generation: 0,
  version: 0,
  spec: null,
  status: null,
  statusVersion: 0,
  deletion: null,
} as const;

export function ledgerID(kind: ResourceKind, key: ResourceKey): string {
  return `${kind} ${key}`;
}

/** Undefined for what is no record of a Bot or an Account. */
export function partsOfLedgerID(
  id: string,
): { readonly kind: ResourceKind; readonly key: ResourceKey } | undefined {
  const match = /^(Bot|Account) (.+)$/.exec(id);
  return match ? { kind: match[1] as ResourceKind, key: match[2] as ResourceKey } : undefined;
}

type Marked = Partial<Pick<LedgerMark, 'epoch'>> & { readonly _id: string };

/** Of all leaders that ever wrote into the ledger; -1 where none did. */
export async function highestEpoch(ledger: Collection<Marked>): Promise<number> {
  try {
    const marked = ledger.find({ epoch: { $exists: true } }, { projection: { epoch: 1 } });
    const [highest] = await marked.sort({ epoch: -1 }).limit(1).toArray();
    return highest?.epoch ?? -1;
  } catch (error) {
    throw asPortError(error, 'looking for the last epoch');
  }
}
