import { createHash } from 'node:crypto';
import { type Db, MongoClient } from 'mongodb';
import { newDirectory, type Outcome, type Running, start } from '../../cli/clawfleet.ts';
import { inDatabase, type MongoServer } from '../../lab/mongo-server.ts';
import { dumpCollection, loadCollection } from './database-dump.ts';
import { Fixture } from './fixture.ts';
import type { KeptBot } from './kept-bot.ts';
import { KeptCloud } from './kept-cloud.ts';
import { keptCollections } from './old-database.ts';

const database = 'upgraded';

/** A record of the ledger, or the fleet's. */
interface LedgerRecord {
  readonly _id: string;
  readonly uid?: string;
  readonly version?: number;
  readonly status?: string | null;
}

/** A database as an earlier release left it, and today's commands on it. */
export class UpgradedDatabase {
  readonly cloud: KeptCloud;
  readonly #client: MongoClient;
  readonly #uri: string;
  readonly #directory = newDirectory();
  #running: Running | undefined;

  static async open(path: string, server: MongoServer): Promise<UpgradedDatabase> {
    const fixture = new Fixture(path);
    const cloud = await KeptCloud.open(fixture.text('cloud.jsonl'));
    const uri = inDatabase(server.uri, database);
    const client = new MongoClient(uri);
    for (const name of keptCollections)
      await loadCollection(client.db(), name, fixture.text(`${name}.jsonl`, { CLOUD: cloud.url }));
    return new UpgradedDatabase(cloud, client, uri);
  }

  private constructor(cloud: KeptCloud, client: MongoClient, uri: string) {
    this.cloud = cloud;
    this.#client = client;
    this.#uri = uri;
  }

  /** Resolves once today's controller has the lease of the killed one, which takes until that has expired. */
  async run(): Promise<void> {
    this.#running = this.#start([
      ...['run', '--source', 'mongodb', '--no-bot-api', '--listen', '127.0.0.1:0', '--log-format', 'json'],
      ...['--poll-interval', '50ms', '--sweep-interval', '200ms', '--rate-limit', 'off'],
    ]);
    await this.#running.until(/"metrics":/);
  }

  /** A command of a user. */
  clawfleet(...args: string[]): Promise<Outcome> {
    return this.#start([...args, '--source', 'mongodb']).ended;
  }

  async bots(): Promise<readonly KeptBot[]> {
    const records = await this.#ledger.find({ _id: /^Bot / }).toArray();
    return records.map(({ _id, uid = '', version = 0, status }) => ({
      name: _id.replace('Bot default/', ''),
      uid,
      writes: version,
      status: JSON.parse(status ?? '{}'),
    }));
  }

  /** What was ever written: the version of each record, and what the users' documents are like. */
  async writes(): Promise<Readonly<Record<string, number | string>>> {
    const records = await this.#ledger.find().toArray();
    const versions = records.map(({ _id, version = 0 }) => [_id, version] as const);
    const documents = await dumpCollection(this.#db, 'bots');
    return {
      ...Object.fromEntries(versions),
      documents: createHash('sha256').update(documents).digest('hex'),
    };
  }

  async close(): Promise<void> {
    this.#running?.child.kill('SIGKILL');
    await this.#running?.ended;
    await this.#db.dropDatabase();
    await this.#client.close();
    await this.cloud.close();
  }

  get #db(): Db {
    return this.#client.db();
  }

  get #ledger() {
    return this.#db.collection<LedgerRecord>('ledger');
  }

  #start(args: readonly string[]): Running {
    const { url } = this.cloud;
    const env = { MONGODB_URI: this.#uri, DIGITALOCEAN_ACCESS_TOKEN: 'test', DIGITALOCEAN_API_URL: url };
    return start(args, { cwd: this.#directory, env });
  }
}
