import { MongoClient } from 'mongodb';
import type { LedgerDocument } from '../../../src/adapters/mongodb/source/ledger/ledger-document.ts';
import type { FleetState } from '../../../src/model/fleet-state.ts';
import type { BotStatus } from '../../../src/model/spec/bot-status.ts';
import type { Child } from '../../lab/child.ts';
import { inDatabase, type MongoServer } from '../../lab/mongo-server.ts';
import { temporaryDirectory } from '../../lab/temporary-directory.ts';
import type { Checkout } from './checkout.ts';
import { dumpCollection } from './database-dump.ts';
import { keepFixture } from './fixture.ts';
import { OldCloud } from './old-cloud.ts';
import { fleetID, type OldBot, type OldFleet } from './old-fleet.ts';

/** What the release before needs to go on; its history does not belong to that. */
export const keptCollections = ['accounts', 'bots', 'leases', 'ledger'] as const;

/** A database of documents that an earlier release looks after. */
export class OldDatabase implements OldFleet {
  readonly cloud: OldCloud;
  readonly #client: MongoClient;
  readonly #process: Child;

  static async start(checkout: Checkout, server: MongoServer): Promise<OldDatabase> {
    const place = temporaryDirectory('old');
    const cloud = await OldCloud.start(checkout, place);
    const uri = inDatabase(server.uri, 'upgrade');
    const run = checkout.start(
      [
        ...['run', '--source', 'mongodb', '--fleet-id', fleetID, '--no-bot-api'],
        ...['--listen', '127.0.0.1:0', '--log-format', 'json', '--rate-limit', 'off'],
        ...['--poll-interval', '50ms', '--sweep-interval', '200ms'],
      ],
      {
        cwd: place,
        name: 'run',
        env: { MONGODB_URI: uri, DIGITALOCEAN_ACCESS_TOKEN: 'x', DIGITALOCEAN_API_URL: cloud.url },
      },
    );
    await run.says(/"metrics":"([^"]+)"/);
    return new OldDatabase(cloud, new MongoClient(uri), run);
  }

  private constructor(cloud: OldCloud, client: MongoClient, process: Child) {
    this.cloud = cloud;
    this.#client = client;
    this.#process = process;
  }

  async apply(kind: 'Bot' | 'Account', name: string, spec: object): Promise<void> {
    const documents = kind === 'Bot' ? this.#of('bots') : this.#of('accounts');
    await documents.updateOne({ _id: `default/${name}` }, { $set: { spec } }, { upsert: true });
  }

  async remove(bot: string): Promise<void> {
    await this.#of('bots').deleteOne({ _id: `default/${bot}` });
  }

  async bots(): Promise<readonly OldBot[]> {
    const records = await this.#client
      .db()
      .collection<LedgerDocument>('ledger')
      .find({ _id: /^Bot / })
      .toArray();
    return records.map(({ _id, uid, status }) => ({
      metadata: { name: _id.replace('Bot default/', ''), uid },
      ...(status !== null && { status: JSON.parse(status) as BotStatus }),
    }));
  }

  async state(): Promise<FleetState> {
    const record = await this.#client
      .db()
      .collection<{ _id: string; state: string }>('ledger')
      .findOne({ _id: 'Fleet' });
    return JSON.parse(record?.state ?? '{}');
  }

  /** Kills the release, and keeps what it left. */
  async keep(path: string): Promise<void> {
    await this.#process.kill();
    const db = this.#client.db();
    const dumps = keptCollections.map(
      async (name) => [`${name}.jsonl`, await dumpCollection(db, name)] as const,
    );
    const files = { ...Object.fromEntries(await Promise.all(dumps)), 'cloud.jsonl': await this.cloud.end() };
    keepFixture(path, files, { CLOUD: this.cloud.url });
    await this.#client.close();
  }

  #of(collection: 'accounts' | 'bots') {
    return this.#client.db().collection<{ _id: string; spec: object }>(collection);
  }
}
