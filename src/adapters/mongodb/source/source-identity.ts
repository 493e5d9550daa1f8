import type { Collection } from 'mongodb';
import type { Chance } from '../../../ports/chance.ts';
import { faultOf, PortError } from '../../../ports/port-error.ts';
import { asPortError } from '../client/mongo-error.ts';

const identityID = 'Identity';
const scheme = 'mongodb:';

export interface IdentityDocument {
  readonly _id: string;
  readonly uuid: string;
}

/** Which database this is, by a uuid that was made once and lives in its ledger; undefined where none was made yet. */
export async function sourceIdentity(collection: Collection<IdentityDocument>): Promise<string | undefined> {
  try {
    const found = await collection.findOne({ _id: identityID });
    return found ? `${scheme}${found.uuid}` : undefined;
  } catch (error) {
    throw asPortError(error, 'reading the database’s identity');
  }
}

/** Puts back what sourceIdentity told, where somebody deleted it. */
export async function restoreIdentity(
  collection: Collection<IdentityDocument>,
  identity: string,
): Promise<void> {
  await insertIdentity(collection, identity.slice(scheme.length));
}

/** As sourceIdentity; made where there is none. */
export async function ensureIdentity(
  collection: Collection<IdentityDocument>,
  chance: Chance,
): Promise<string> {
  const present = await sourceIdentity(collection);
  if (present !== undefined) return present;
  await insertIdentity(collection, chance.uuid());
  const made = await sourceIdentity(collection);
  if (made !== undefined) return made;
  throw new PortError({ kind: 'conflict' }, 'the database’s identity comes and goes: somebody else is at it');
}

/** Does nothing where there is one. */
async function insertIdentity(collection: Collection<IdentityDocument>, uuid: string): Promise<void> {
  try {
    await collection.insertOne({ _id: identityID, uuid });
  } catch (error) {
    const failure = asPortError(error, 'making the database’s identity');
    if (!faultOf(failure, 'conflict')) throw failure;
  }
}
