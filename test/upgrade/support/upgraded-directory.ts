import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { FleetState } from '../../../src/model/fleet-state.ts';
import { newDirectory, type Outcome, type Running, start } from '../../cli/clawfleet.ts';
import { inProcess } from '../../cli/in-process.ts';
import { freePort } from '../../lab/free-port.ts';
import { Fixture } from './fixture.ts';
import type { KeptBot } from './kept-bot.ts';
import { KeptCloud } from './kept-cloud.ts';
import { loadState } from './state-dump.ts';

/** A directory and its state as an earlier release left them, and today's commands on both. */
export class UpgradedDirectory {
  readonly cloud: KeptCloud;
  readonly place: string;
  readonly stateFile: string;
  /** Flags of commands. */
  readonly source = ['--source', 'bots', '--state', 'state.db'] as const;
  readonly #port: number;
  #running: Running | undefined;

  static async open(path: string): Promise<UpgradedDirectory> {
    const fixture = new Fixture(path);
    const place = realpathSync(newDirectory());
    const port = await freePort();
    const controlPlane = { CONTROL_PLANE: `127.0.0.1:${port}` };
    const cloud = await KeptCloud.open(fixture.text('cloud.jsonl', controlPlane));
    mkdirSync(join(place, 'bots'));
    for (const name of fixture.names('bots'))
      writeFileSync(join(place, 'bots', name), fixture.original(join('bots', name)));
    const places = { DIRECTORY: place, CLOUD: cloud.url, ...controlPlane };
    const fleet = new UpgradedDirectory(cloud, place, port);
    loadState(fleet.stateFile, fixture.text('state.sql', places));
    return fleet;
  }

  private constructor(cloud: KeptCloud, place: string, port: number) {
    this.cloud = cloud;
    this.place = place;
    this.stateFile = join(place, 'state.db');
    this.#port = port;
  }

  /** Resolves once today's controller looks after the fleet: it has opened the state, and asks for the droplets. */
  async run({ serving }: { readonly serving: boolean }): Promise<Running> {
    const door = serving ? ['--bot-listen', `127.0.0.1:${this.#port}`] : ['--no-bot-api'];
    this.#running = start(
      [
        ...['run', ...this.source, '--listen', '127.0.0.1:0', ...door],
        ...['--poll-interval', '50ms', '--sweep-interval', '200ms', '--settling-window', '2s'],
        ...['--rate-limit', 'off', '--log-format', 'json'],
      ],
      this.#surroundings,
    );
    await this.cloud.listed();
    return this.#running;
  }

  /** A command of a user. */
  clawfleet(...args: string[]): Promise<Outcome> {
    return inProcess(args, this.#surroundings);
  }

  bots(): readonly KeptBot[] {
    const rows = this.#read(`SELECT name, uid, version, status FROM resources WHERE kind = 'Bot'`);
    return rows.map(({ name, uid, version, status }) => ({
      name: String(name),
      uid: String(uid),
      writes: Number(version),
      status: JSON.parse(String(status ?? '{}')),
    }));
  }

  state(): FleetState {
    return JSON.parse(String(this.#read('SELECT state FROM fleet')[0]?.['state']));
  }

  /** What was ever written: the version of each record. */
  writes(): Readonly<Record<string, number>> {
    const rows = this.#read(
      `SELECT name, version FROM resources UNION ALL SELECT 'the fleet', version FROM fleet`,
    );
    return Object.fromEntries(rows.map(({ name, version }) => [String(name), Number(version)]));
  }

  async close(): Promise<void> {
    this.#running?.child.kill('SIGKILL');
    await this.#running?.ended;
    await this.cloud.close();
  }

  get #surroundings() {
    const env = { DIGITALOCEAN_ACCESS_TOKEN: 'test', DIGITALOCEAN_API_URL: this.cloud.url };
    return { cwd: this.place, env };
  }

  #read(query: string): Record<string, unknown>[] {
    const db = new DatabaseSync(this.stateFile, { readOnly: true, timeout: 5_000 });
    try {
      return db.prepare(query).all();
    } finally {
      db.close();
    }
  }
}
