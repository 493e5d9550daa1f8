import { type Db, MongoClient, type MongoClientOptions } from 'mongodb';
import { asPortError } from './mongo-error.ts';

export interface MongoAccess {
  /** `mongodb://` or `mongodb+srv://`, with user, password, TLS and whatever else the driver takes. */
  readonly uri: string;
  readonly database: string;
}

export interface MongoConnection {
  readonly db: Db;
  /** `hosts/database`, without credentials. */
  readonly place: string;
  /** Ends what is under way; never fails. */
  close(): Promise<void>;
}

/** Milliseconds. */
const reachMs = 5_000;
/** Without a byte of an answer, which is longer than a change stream waits for news. */
const answerMs = 15_000;
const majorityMs = 10_000;

/**
 * What a fleet needs whatever the connection string says: writes that a majority has, reads of no less. Retries of
 * writes are the driver's default, and its server's and the string's choice: not every server has sessions.
 */
const options: MongoClientOptions = {
  writeConcern: { w: 'majority', wtimeoutMS: majorityMs },
  readConcern: { level: 'majority' },
  readPreference: 'primary',
  serverSelectionTimeoutMS: reachMs,
  connectTimeoutMS: reachMs,
  waitQueueTimeoutMS: reachMs,
  socketTimeoutMS: answerMs,
};

/**
 * Connects, so that a wrong address, password or certificate shows at once; later outages are ridden out. Fails with
 * `unavailable` after 5 s without a primary, `unauthorised`, or `refused` for a string that is none.
 */
export async function connectMongo({ uri, database }: MongoAccess): Promise<MongoConnection> {
  const client = clientOf(uri);
  const place = `${hostsOf(client)}/${database}`;
  try {
    await client.connect();
    // Connecting alone asks for no password.
    await client.db(database).command({ ping: 1 });
  } catch (error) {
    await client.close();
    throw asPortError(error, `connecting to ${place}`);
  }
  return { db: client.db(database), place, close: () => client.close() };
}

function clientOf(uri: string): MongoClient {
  try {
    const ownName = /[?&]appname=/i.test(uri) ? {} : { appName: 'clawfleet' };
    return new MongoClient(uri, { ...options, ...ownName });
  } catch (error) {
    throw asPortError(error, 'reading the connection string');
  }
}

function hostsOf({ options: { srvHost, hosts } }: MongoClient): string {
  return srvHost ?? hosts.map(String).join(',');
}
