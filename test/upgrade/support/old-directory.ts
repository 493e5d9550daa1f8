import { mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { stringify } from 'yaml';
import type { FleetState } from '../../../src/model/fleet-state.ts';
import type { BotStatus } from '../../../src/model/spec/bot-status.ts';
import type { Child } from '../../lab/child.ts';
import { freePort } from '../../lab/free-port.ts';
import { temporaryDirectory } from '../../lab/temporary-directory.ts';
import { until } from '../../lab/until.ts';
import type { Checkout } from './checkout.ts';
import { keepFixture } from './fixture.ts';
import { OldCloud } from './old-cloud.ts';
import { apiVersion, fleetID, type OldBot, type OldFleet, patienceMs } from './old-fleet.ts';
import { dumpState } from './state-dump.ts';

/** A directory of manifests that an earlier release looks after. */
export class OldDirectory implements OldFleet {
  readonly cloud: OldCloud;
  readonly #place: string;
  readonly #controlPlane: string;
  readonly #process: Child;

  /** `serving`: whether it serves bots. */
  static async start(checkout: Checkout, serving: boolean): Promise<OldDirectory> {
    const place = realpathSync(temporaryDirectory('old'));
    mkdirSync(join(place, 'bots'));
    const cloud = await OldCloud.start(checkout, place);
    const port = await freePort();
    const door = serving ? ['--bot-listen', `127.0.0.1:${port}`] : ['--no-bot-api'];
    const run = checkout.start(
      [
        ...['run', '--source', 'bots', '--state', 'state.db', '--fleet-id', fleetID, ...door],
        ...['--listen', '127.0.0.1:0', '--log-format', 'json', '--rate-limit', 'off'],
        ...['--poll-interval', '50ms', '--sweep-interval', '200ms', '--settling-window', '2s'],
      ],
      {
        cwd: place,
        name: 'run',
        env: { DIGITALOCEAN_ACCESS_TOKEN: 'x', DIGITALOCEAN_API_URL: cloud.url },
      },
    );
    const metrics = await run.says(/"metrics":"([^"]+)"/);
    const readiness = metrics.replace(/metrics$/, 'readyz');
    await until('the controller to be ready', patienceMs, 20, async () => (await fetch(readiness)).ok);
    return new OldDirectory(cloud, place, `127.0.0.1:${port}`, run);
  }

  private constructor(cloud: OldCloud, place: string, controlPlane: string, process: Child) {
    this.cloud = cloud;
    this.#place = place;
    this.#controlPlane = controlPlane;
    this.#process = process;
  }

  async apply(kind: 'Bot' | 'Account', name: string, spec: object): Promise<void> {
    writeFileSync(this.#manifest(name), stringify({ apiVersion, kind, metadata: { name }, spec }));
  }

  async remove(bot: string): Promise<void> {
    rmSync(this.#manifest(bot));
  }

  async bots(): Promise<readonly OldBot[]> {
    const rows = this.#read(`SELECT name, uid, status FROM resources WHERE kind = 'Bot'`);
    return rows.map(({ name, uid, status }) => ({
      metadata: { name: String(name), uid: String(uid) },
      ...(status !== null && { status: JSON.parse(String(status)) as BotStatus }),
    }));
  }

  async state(): Promise<FleetState> {
    return JSON.parse(String(this.#read('SELECT state FROM fleet')[0]?.['state']));
  }

  /** Ends the release, `killed` or in peace, and keeps what it left. */
  async keep(path: string, end: 'killed' | 'ended'): Promise<void> {
    await (end === 'killed' ? this.#process.kill() : this.#process.end());
    const lines = await this.cloud.end();
    const manifests = readdirSync(join(this.#place, 'bots')).map((name) => join('bots', name));
    const texts = manifests.map((name) => [name, readFileSync(join(this.#place, name), 'utf8')]);
    const state = dumpState(join(this.#place, 'state.db'));
    const files = { ...Object.fromEntries(texts), 'state.sql': state, 'cloud.jsonl': lines };
    keepFixture(path, files, {
      DIRECTORY: this.#place,
      CLOUD: this.cloud.url,
      CONTROL_PLANE: this.#controlPlane,
    });
  }

  #manifest(name: string): string {
    return join(this.#place, 'bots', `${name}.yaml`);
  }

  #read(query: string): Record<string, unknown>[] {
    const db = new DatabaseSync(join(this.#place, 'state.db'), { readOnly: true, timeout: 5_000 });
    try {
      return db.prepare(query).all();
    } finally {
      db.close();
    }
  }
}
