import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { bootstrapScript } from '../../../src/adapters/system/bootstrap-script.ts';
import { renderUserData } from '../../../src/user-data/render-user-data.ts';
import type { UserDataInput } from '../../../src/user-data/user-data-exports.ts';
import { exampleInput } from '../user-data-example.ts';
import { type Finished, PrivateRoot, type PrivateRootOptions, type Started } from './private-root.ts';
import { type BotAPI, startBotApi } from './start-bot-api.ts';

const STATE = ['var', 'lib', 'openclaw'];

/** A droplet with nothing on it yet, and the API that it will call. Both go when the test ends. */
export async function newDroplet(t: TestContext, options: DropletOptions = {}): Promise<Droplet> {
  const droplet = new Droplet(new PrivateRoot(options), await startBotApi({ ...exampleInput, ...options }));
  t.after(async () => {
    await droplet.root.remove();
    await droplet.api.close();
  });
  return droplet;
}

export interface DropletOptions extends PrivateRootOptions {
  readonly tls?: { readonly key: string; readonly cert: string };
}

export class Droplet {
  readonly root: PrivateRoot;
  readonly api: BotAPI;

  constructor(root: PrivateRoot, api: BotAPI) {
    this.root = root;
    this.api = api;
  }

  /** The file that cloud-init would run. */
  userData(change: Partial<UserDataInput> = {}): string {
    const input = { ...exampleInput, bootstrapScript, controlPlaneURL: this.api.url, ...change };
    return this.root.write(renderUserData(input), 'part-001');
  }

  /** Runs the user-data to its end, whatever that is. */
  async boot(change: Partial<UserDataInput> = {}): Promise<Finished> {
    return await this.root.run(this.userData(change));
  }

  /** Boots with as little to install as can be, and demands success. */
  async bootQuickly(): Promise<void> {
    const toolchain = { ...exampleInput.toolchain, installPnpm: false, installRust: false };
    assert.equal((await this.boot({ toolchain })).code, 0, this.log);
  }

  /** What `openclaw-bootstrap.service` does after a reboot. */
  async resume(): Promise<Finished> {
    return await this.root.run(this.resumeFile);
  }

  get resumeFile(): string {
    return this.root.path('var', 'lib', 'openclaw-bootstrap', 'user-data');
  }

  get log(): string {
    return this.root.read('var', 'log', 'openclaw-bootstrap.log');
  }

  /** Runs the service's own command line. */
  startRunner(): Started {
    const unit = this.root.read('etc', 'systemd', 'system', 'openclaw-bot.service');
    const command = /^ExecStart=(\S+) (\S+)$/m.exec(unit);
    assert.ok(command?.[1] !== undefined && command[2] !== undefined, unit);
    return this.root.start(this.root.path(command[1]), command[2]);
  }

  state(name: string): string {
    return this.root.read(...STATE, name);
  }

  hasState(name: string): boolean {
    return this.root.has(...STATE, name);
  }

  statePath(name: string): string {
    return this.root.path(...STATE, name);
  }

  /** The config as the bot reads it. */
  get config(): unknown {
    return JSON.parse(this.root.read('opt', 'openclaw', 'config.json'));
  }
}
