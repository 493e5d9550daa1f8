import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { type Collection, type Db, MongoClient } from 'mongodb';
import { serveSimulator } from '../../../../src/adapters/simulator/serve-simulator.ts';
import { instantSettings, type Settings } from '../../../../src/adapters/simulator/settings.ts';
import { Simulator } from '../../../../src/adapters/simulator/simulator.ts';
import type { DropletView } from '../../../../src/adapters/simulator/world/droplet-view.ts';
import { seededChance } from '../../../../src/adapters/system/seeded-chance.ts';
import { systemChance } from '../../../../src/adapters/system/system-chance.ts';
import { systemClock } from '../../../../src/adapters/system/system-clock.ts';
import type { AccountSpec } from '../../../../src/model/spec/account-spec.ts';
import type { BotSpec } from '../../../../src/model/spec/bot-spec.ts';
import type { BotStatus } from '../../../../src/model/spec/bot-status.ts';
import { newDirectory, type Outcome, type Running, start } from '../../../cli/clawfleet.ts';
import { inDatabase } from '../../../lab/mongo-server.ts';
import { until } from '../../../lab/until.ts';
import type { MongoUnderTest } from './each-mongo.ts';

/** As the plain driver sees it. */
export interface BotDocument {
  readonly _id: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly spec: BotSpec;
  readonly status?: BotStatus;
}

export interface AccountDocument {
  readonly _id: string;
  readonly spec: AccountSpec;
}

export interface RunOptions {
  readonly address?: string;
  readonly flags?: readonly string[];
  readonly serves?: readonly string[];
}

/** A database with an account `default/team`, a simulated cloud, and the real commands on both. */
export class FleetOnMongo {
  readonly db: Db;
  readonly simulator: Simulator;
  readonly directory = newDirectory();
  readonly #uri: string;
  readonly #cloudURL: string;
  readonly #ends: AsyncDisposableStack;
  readonly #running: Running[] = [];
  readonly #supervised: RunOptions[] = [];

  static async open(under: MongoUnderTest, settings: Partial<Settings> = {}): Promise<FleetOnMongo> {
    await using ends = new AsyncDisposableStack();
    const database = `clawfleet-${systemChance.uuid().slice(0, 8)}`;
    const uri = inDatabase(under.server().uri, database);
    const simulator = new Simulator({
      clock: systemClock,
      chance: seededChance(1),
      settings: { ...instantSettings, bootMs: 50, actionMs: 20, ...settings },
    });
    ends.defer(() => simulator.close());
    const served = await serveSimulator(simulator);
    ends.defer(() => served.close());
    const client = ends.adopt(new MongoClient(uri), (one) => one.close());
    const db = client.db(database);
    ends.defer(async () => void (await db.dropDatabase()));
    await db
      .collection<AccountDocument>('accounts')
      .insertOne({ _id: 'default/team', spec: { maxBots: 100 } });
    return new FleetOnMongo({ db, simulator, uri, cloudURL: served.url, ends: ends.move() });
  }

  private constructor(parts: {
    readonly db: Db;
    readonly simulator: Simulator;
    readonly uri: string;
    readonly cloudURL: string;
    readonly ends: AsyncDisposableStack;
  }) {
    this.db = parts.db;
    this.simulator = parts.simulator;
    this.#uri = parts.uri;
    this.#cloudURL = parts.cloudURL;
    this.#ends = parts.ends;
    this.#ends.defer(() => rmSync(this.directory, { recursive: true, force: true }));
  }

  get bots(): Collection<BotDocument> {
    return this.db.collection<BotDocument>('bots');
  }

  /** The same, started again when it has ended by itself. */
  supervise(options: RunOptions = {}): void {
    this.#supervised.push(options);
    this.run(options);
  }

  /** `clawfleet run`; `address` is where it finds the server instead, such as a proxy's. It serves bots only with flags. */
  run({ address, flags = [], serves = ['--no-bot-api'] }: RunOptions = {}): Running {
    const running = this.#start(
      [
        ...['run', '--source', 'mongodb', '--listen', '127.0.0.1:0', '--log-format', 'json', ...serves],
        ...['--poll-interval', '50ms', '--sweep-interval', '200ms', '--absence-window', '1s'],
        ...['--rate-limit', 'off', ...flags],
      ],
      address,
    );
    this.#running.push(running);
    return running;
  }

  /** A command of a user. */
  clawfleet(...args: string[]): Promise<Outcome> {
    return this.start(...args).ended;
  }

  /** The same, still running. */
  start(...args: string[]): Running {
    return this.#start([...args, '--source', 'mongodb']);
  }

  /** A droplet that no fleet made. */
  async createDroplet(name: string): Promise<{ readonly id: number }> {
    const order = { name, region: 'nyc3', size: 's-1vcpu-2gb', image: 'ubuntu-22-04-x64', monitoring: true };
    const headers = { authorization: 'Bearer test', 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(order) };
    const answer = await fetch(`${this.#cloudURL}/v2/droplets`, init);
    return ((await answer.json()) as { droplet: { id: number } }).droplet;
  }

  async insert(...names: readonly string[]): Promise<void> {
    const spec = { accountRef: { name: 'team' } };
    await this.bots.insertMany(names.map((name) => ({ _id: `default/${name}`, spec })));
  }

  async set(name: string, spec: Readonly<Record<string, unknown>>): Promise<void> {
    const fields = Object.entries(spec).map(([field, value]) => [`spec.${field}`, value]);
    await this.bots.updateOne({ _id: `default/${name}` }, { $set: Object.fromEntries(fields) });
  }

  async delete(name: string): Promise<void> {
    await this.bots.deleteOne({ _id: `default/${name}` });
  }

  async find(name: string): Promise<BotDocument | undefined> {
    return (await this.bots.findOne({ _id: `default/${name}` })) ?? undefined;
  }

  /** Milliseconds from now until every document has its droplet, as declared, and says so; and there is no other. */
  async levelled(withinMs = 90_000): Promise<number> {
    const begun = performance.now();
    try {
      await until('documents, status and cloud to agree', withinMs, 20, () => this.#isLevel());
    } catch (error) {
      throw new Error(`not level: ${await this.#differences()}`, { cause: error });
    }
    return performance.now() - begun;
  }

  /** No bot ever had two droplets, and what lives belongs to a document. */
  async assertExact(): Promise<void> {
    const { lives } = this.simulator;
    const born = Map.groupBy(lives.lives(), ({ name }) => name);
    for (const [name, each] of born) assert.equal(each.length, 1, `${name} was created ${each.length} times`);
    assert.deepEqual(lives.overlaps(), []);
    const documents = await this.bots.find().toArray();
    const ids = (list: readonly (number | undefined)[]) => list.toSorted();
    const recorded = documents.map(({ status }) => status?.droplet?.id);
    assert.deepEqual(ids(this.droplets().map(({ id }) => id)), ids(recorded));
  }

  /** Until the documents of these bots say that they are Ready at their present spec. */
  async ready(names: readonly string[], withinMs = 90_000): Promise<void> {
    await until(`${names} to be Ready`, withinMs, 20, async () => {
      const found = await this.bots.find({ _id: { $in: names.map((name) => `default/${name}`) } }).toArray();
      return found.filter(({ status }) => isReady(status)).length === names.length;
    });
  }

  droplets(): readonly DropletView[] {
    return this.simulator.droplets();
  }

  /** Of a bot, as its document says. */
  async dropletOf(name: string): Promise<DropletView | undefined> {
    const id = (await this.find(name))?.status?.droplet?.id;
    return this.droplets().find((droplet) => droplet.id === id);
  }

  /** Those that were started, in order. */
  get controllers(): readonly Running[] {
    return this.#running;
  }

  async end(running: Running, signal: NodeJS.Signals): Promise<Outcome> {
    running.child.kill(signal);
    return running.ended;
  }

  async close(): Promise<void> {
    for (const running of this.#running) await this.end(running, 'SIGKILL');
    await this.#ends.disposeAsync();
  }

  /** Of documents, droplets, records and what the controllers said, for who must find out why. */
  async #differences(): Promise<string> {
    const documents = await this.bots.find().toArray();
    const droplets = new Map(this.droplets().map((droplet) => [droplet.id, droplet]));
    const differing = documents.filter((document) => !isLevel(document, droplets));
    const spare = [...droplets.keys()].filter((id) =>
      documents.every(({ status }) => status?.droplet?.id !== id),
    );
    const ids = differing.map(({ _id }) => `Bot ${_id}`);
    const ledger = await this.db
      .collection<BotDocument>('ledger')
      .find({ _id: { $in: ids } })
      .toArray();
    const controllers = await Promise.all(this.#running.map(lastWords));
    return JSON.stringify({ differing, spare, ledger, controllers }, null, 1);
  }

  /** As a supervisor does: who could not renew the lease in time, on a machine that stood still, has ended by design. */
  #restartEnded(): void {
    const [options] = this.#supervised;
    const isRunning = this.#running.some(({ child }) => child.exitCode === null && child.signalCode === null);
    if (options && !isRunning) this.run(options);
  }

  async #isLevel(): Promise<boolean> {
    this.#restartEnded();
    const documents = await this.bots.find().toArray();
    const droplets = new Map(this.droplets().map((droplet) => [droplet.id, droplet]));
    return documents.length === droplets.size && documents.every((document) => isLevel(document, droplets));
  }

  #start(args: readonly string[], address?: string): Running {
    const uri = address === undefined ? this.#uri : this.#uri.replace(/\/\/[^/]+/, `//${address}`);
    return start(args, {
      cwd: this.directory,
      env: { MONGODB_URI: uri, DIGITALOCEAN_ACCESS_TOKEN: 'test', DIGITALOCEAN_API_URL: this.#cloudURL },
    });
  }
}

async function lastWords(running: Running): Promise<object> {
  const { exitCode, signalCode } = running.child;
  const text = await running.until(/^/);
  return { exitCode, signalCode, lines: text.trim().split('\n').slice(-40) };
}

function isReady(status: BotStatus | undefined): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
}

function isLevel({ spec, status }: BotDocument, droplets: ReadonlyMap<number, DropletView>): boolean {
  const droplet = droplets.get(status?.droplet?.id ?? 0);
  const isStopped = spec.powerState === 'Stopped';
  return (
    isReady(status) &&
    status?.phase === (isStopped ? 'Paused' : 'Online') &&
    droplet?.status === (isStopped ? 'off' : 'active')
  );
}
