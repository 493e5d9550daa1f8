import { type Collection, type Db, MongoServerError } from 'mongodb';
import type { Chance } from '../../../ports/chance.ts';
import type { Clock } from '../../../ports/clock.ts';
import { faultOf, PortError } from '../../../ports/port-error.ts';
import { asPortError } from '../client/mongo-error.ts';
import { answered } from '../client/within-deadline.ts';

const identityID = 'Identity';
const scheme = 'mongodb:';

export interface IdentityDocument {
  readonly _id: string;
  readonly uuid: string;
  /** Id of the replica set on which a controller last saw this database, where one could see it. */
  readonly replicaSet?: string;
}

/**
 * Which database this is: `mongodb:UUID`, by a uuid that was made once and lives in its ledger, and `@ID` of its replica
 * set behind it, which tells a copy. `replicaSet` is as the server says it now; where it does not, that of the last time
 * counts, so that rights which come and go make no difference. Undefined where no identity was made yet.
 */
export async function sourceIdentity(
  collection: Collection<IdentityDocument>,
  replicaSet: string | undefined,
): Promise<string | undefined> {
  const found = await readIdentity(collection);
  return found && identityText(found, replicaSet);
}

/**
 * An identity as a fleet of this database may be bound to it: releases that knew of no replica sets bound it to the uuid
 * alone, and so does one whose server does not say its id.
 */
export function asBound(identity: string, boundTo: string | undefined): string {
  return boundTo !== undefined && boundTo === identity.split('@')[0] ? boundTo : identity;
}

/** Puts back what sourceIdentity told, where somebody deleted it. */
export async function restoreIdentity(
  collection: Collection<IdentityDocument>,
  identity: string,
): Promise<void> {
  const [uuid = '', replicaSet] = identity.slice(scheme.length).split('@');
  await insertIdentity(collection, uuid, replicaSet);
}

/** As sourceIdentity; made where there is none, and kept in step with the replica set. */
export async function ensureIdentity(
  collection: Collection<IdentityDocument>,
  chance: Chance,
  replicaSet: string | undefined,
): Promise<string> {
  const present = await readIdentity(collection);
  if (!present) await insertIdentity(collection, chance.uuid(), replicaSet);
  else if (replicaSet !== undefined && present.replicaSet !== replicaSet)
    await noteReplicaSet(collection, present.uuid, replicaSet);
  const identity = await sourceIdentity(collection, replicaSet);
  if (identity !== undefined) return identity;
  throw new PortError({ kind: 'conflict' }, 'the database’s identity comes and goes: somebody else is at it');
}

function identityText(stored: IdentityDocument, replicaSet = stored.replicaSet): string {
  return `${scheme}${stored.uuid}${replicaSet === undefined ? '' : `@${replicaSet}`}`;
}

async function readIdentity(collection: Collection<IdentityDocument>): Promise<IdentityDocument | undefined> {
  try {
    return (await collection.findOne({ _id: identityID })) ?? undefined;
  } catch (error) {
    throw asPortError(error, 'reading the database’s identity');
  }
}

async function noteReplicaSet(
  collection: Collection<IdentityDocument>,
  uuid: string,
  replicaSet: string,
): Promise<void> {
  try {
    await collection.updateOne({ _id: identityID, uuid }, { $set: { replicaSet } });
  } catch (error) {
    throw asPortError(error, 'writing the database’s identity');
  }
}

/** Does nothing where there is one. */
async function insertIdentity(
  collection: Collection<IdentityDocument>,
  uuid: string,
  replicaSet: string | undefined,
): Promise<void> {
  try {
    await collection.insertOne({ _id: identityID, uuid, ...(replicaSet !== undefined && { replicaSet }) });
  } catch (error) {
    const failure = asPortError(error, 'making the database’s identity');
    if (!faultOf(failure, 'conflict')) throw failure;
  }
}

/**
 * The id that a replica set was given when it was initiated, which no copy of its data takes along; undefined where the
 * server is none, or does not say: its role `clusterMonitor` may ask, on Atlas nobody.
 */
export async function replicaSetID(db: Db, clock: Clock): Promise<string | undefined> {
  try {
    const { config } = await answered(clock, db.admin().command({ replSetGetConfig: 1 }));
    const id: unknown = config?.settings?.replicaSetId;
    return id === undefined || id === null ? undefined : String(id);
  } catch (error) {
    if (error instanceof MongoServerError) return undefined;
    throw asPortError(error, 'asking for the replica set’s id');
  }
}
