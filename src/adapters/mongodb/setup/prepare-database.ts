import type { Db, Document } from 'mongodb';
import type { CollectionNames } from '../../../model/collection-names.ts';
import { faultOf } from '../../../ports/port-error.ts';
import { asPortError } from '../client/mongo-error.ts';
import { accountValidator, botValidator } from './validator.ts';

/** What was done about a collection, or found of the server; `lacks`: the server cannot. */
export interface Preparation {
  readonly subject: string;
  readonly done: readonly string[];
  readonly lacks: readonly string[];
}

/** Events are kept for so long, where the server removes them by itself. */
const eventDays = 7;
const daySeconds = 86_400;

/** Makes the collections with validators and indexes, as far as the server has them. Repeating it changes nothing. */
export async function prepareDatabase(db: Db, names: CollectionNames): Promise<readonly Preparation[]> {
  try {
    const present = await optionsOf(db);
    const plain = async (name: string) => preparation(name, [await created(db, name, present)]);
    return [
      await serverOf(db, names.bots),
      await validated(db, names.bots, botValidator, present),
      await validated(db, names.accounts, accountValidator, present),
      await withIndexes(db, names.events, present),
      await plain(names.leases),
      await plain(names.ledger),
    ];
  } catch (error) {
    throw asPortError(error, 'preparing the database');
  }
}

type Present = ReadonlyMap<string, Document | undefined>;

async function optionsOf(db: Db): Promise<Present> {
  const collections = await db.listCollections({}, { nameOnly: false }).toArray();
  return new Map(collections.map(({ name, options }) => [name, options]));
}

function preparation(subject: string, done: string[], lacks: string[] = []): Preparation {
  return { subject, done, lacks };
}

async function serverOf(db: Db, bots: string): Promise<Preparation> {
  const { version } = await db.command({ buildInfo: 1 });
  const stream = db.collection(bots).watch([], { maxAwaitTimeMS: 100 });
  const opened = await possible(() => stream.tryNext()).finally(() => stream.close());
  const about = `version ${version}`;
  if (opened) return preparation('server', [about, 'change streams']);
  return preparation('server', [about], ['no change streams: changes are found by polling']);
}

async function created(db: Db, name: string, present: Present): Promise<string> {
  if (present.has(name)) return 'is there';
  await db.createCollection(name);
  return 'made';
}

async function validated(db: Db, name: string, validator: Document, present: Present): Promise<Preparation> {
  // Documents that are there already may be bad ones: they can still be changed.
  const options = { validator, validationLevel: 'moderate', validationAction: 'error' };
  const isThere = present.has(name);
  if (isThere && isSame(present.get(name)?.['validator'], validator))
    return preparation(name, ['is there', 'validator is there']);
  const outcome = await outcomeOf(() =>
    isThere ? db.command({ collMod: name, ...options }) : db.createCollection(name, options),
  );
  const made = outcome === 'done' && !isThere ? 'made' : await created(db, name, present);
  if (outcome === 'forbidden')
    return preparation(name, [made], ['no validator: the role lacks collMod (dbAdmin has it)']);
  // Some servers take it and do nothing.
  if (isSame((await optionsOf(db)).get(name)?.['validator'], validator))
    return preparation(name, [made, 'validator set']);
  return preparation(
    name,
    [made],
    ['no validator: bad documents are taken, and their status says what is wrong'],
  );
}

async function withIndexes(db: Db, name: string, present: Present): Promise<Preparation> {
  const made = await created(db, name, present);
  const events = db.collection(name);
  await events.createIndex({ key: 1, lastAt: 1 });
  const expires = () => events.createIndex({ lastAt: 1 }, { expireAfterSeconds: eventDays * daySeconds });
  if (await possible(expires)) return preparation(name, [made, `index by bot, kept for ${eventDays} days`]);
  return preparation(name, [made, 'index by bot'], ['no TTL: the controller removes old ones']);
}

async function possible(act: () => Promise<unknown>): Promise<boolean> {
  return (await outcomeOf(act)) === 'done';
}

/** `lacking`: the server says that it has no such thing; `forbidden`: that the user has not the right. */
async function outcomeOf(act: () => Promise<unknown>): Promise<'done' | 'lacking' | 'forbidden'> {
  try {
    await act();
    return 'done';
  } catch (error) {
    const failure = asPortError(error, 'trying');
    if (faultOf(failure, 'refused')) return 'lacking';
    if (faultOf(failure, 'unauthorised')) return 'forbidden';
    throw error;
  }
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
