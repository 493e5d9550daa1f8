/** The names of the collections in one database that a fleet lives in. */
export interface CollectionNames {
  /** Written by users: a document for each Bot, `_id` is `namespace/name`. Its `status` is a copy of ours. */
  readonly bots: string;
  /** Written by users: a document for each Account, `_id` is `namespace/name`. */
  readonly accounts: string;
  /** History, `StoredEvent` with `firstAt` and `lastAt` as dates: old ones may be dropped by a TTL index on `lastAt`. */
  readonly events: string;
  readonly leases: string;
  /** Ours alone: what cannot be computed again, keyed by kind and `_id` of the document it is about. */
  readonly ledger: string;
}

export const defaultCollections: CollectionNames = {
  bots: 'bots',
  accounts: 'accounts',
  events: 'events',
  leases: 'leases',
  ledger: 'ledger',
};
