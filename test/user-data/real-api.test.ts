import assert from 'node:assert/strict';
import { unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { endAll, start } from '../cli/clawfleet.ts';
import { botManifest, newFleet } from '../cli/fleet.ts';
import { inProcess } from '../cli/in-process.ts';
import { skipWithout } from '../lab/required.ts';
import { until } from '../lab/until.ts';
import { PrivateRoot, type Started } from './support/private-root.ts';

after(endAll);

const skip = skipWithout('curl');

interface Shown {
  readonly status?: {
    readonly phase?: string;
    readonly droplet?: { readonly id: number };
    readonly appliedConfig?: { readonly version: number };
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason: string;
      readonly message: string;
    }[];
  };
}

/** A controller with one bot, whose droplet's user-data runs in a directory of its own: the simulated agent keeps quiet. */
class LiveBot {
  readonly root = new PrivateRoot();
  readonly #cwd = newFleet(['solo']);
  readonly #processes: ReturnType<typeof start>[] = [];
  #userData = '';

  /** `spec`: YAML below the bot's `spec`. */
  static async declared(t: TestContext, spec: string): Promise<LiveBot> {
    const bot = new LiveBot();
    t.after(() => bot.root.remove());
    bot.declare(spec);
    await bot.#begin();
    return bot;
  }

  declare(spec: string): void {
    writeFileSync(join(this.#cwd, 'bots', 'solo.yaml'), `${botManifest('solo')}${spec}`);
  }

  async #begin(): Promise<void> {
    const cwd = this.#cwd;
    const settings = ['bootMs=50', 'listLagMs=0', 'agentsMute=1'];
    const simulator = start(['simulate', '--listen', '127.0.0.1:0', '--set', ...settings], { cwd });
    const [, cloud = ''] = /DigitalOcean at (\S+);/.exec(await simulator.until(/journal:/)) ?? [];
    const env = { DIGITALOCEAN_ACCESS_TOKEN: 'x', DIGITALOCEAN_API_URL: cloud };
    const flags = ['--listen', 'off', '--bot-listen', '127.0.0.1:0', '--poll-interval', '50ms'];
    const running = start(['run', '--source', 'bots', ...flags, '--log-format', 'json'], { cwd, env });
    this.#processes.push(running, simulator);
    await running.until(/DropletCreated/);
    await until('its record', 10_000, 20, async () => (await this.status()).droplet !== undefined);
    const { droplet } = await this.status();
    const answer = await fetch(`${cloud}/_simulator/droplets/${droplet?.id}/user-data`);
    this.#userData = ((await answer.json()) as { user_data: string }).user_data;
  }

  /** Runs the user-data to its end. Returns its exit code. */
  async boot(): Promise<number | null> {
    return (await this.root.run(this.root.write(this.#userData, 'part-001'))).code;
  }

  startRunner(): Started {
    return this.root.start(this.root.path('usr', 'local', 'lib', 'openclaw', 'agent'), 'run');
  }

  get log(): string {
    return this.root.read('var', 'log', 'openclaw-bootstrap.log');
  }

  async printed(...command: readonly string[]): Promise<string> {
    return (await inProcess([...command, '--source', 'bots'], { cwd: this.#cwd })).stdout;
  }

  async status() {
    return (JSON.parse(await this.printed('get', 'bot', 'solo', '-o', 'json')) as Shown).status ?? {};
  }

  /** `False BootstrapFailed`: status and reason of a condition. */
  async told(type: string): Promise<string> {
    const { conditions = [] } = await this.status();
    const found = conditions.find((condition) => condition.type === type);
    return `${found?.status} ${found?.reason}`;
  }

  /** What `describe` prints, once it has an event like this: events are stored after the status that they tell of. */
  async described(event: RegExp): Promise<string> {
    let text = '';
    await until(`${event}`, 10_000, 50, async () => {
      text = await this.printed('describe', 'bot', 'solo');
      return event.test(text);
    });
    return text;
  }

  async end(): Promise<void> {
    for (const { child } of this.#processes) child.kill('SIGTERM');
    await Promise.all(this.#processes.map(({ ended }) => ended));
  }
}

test('the user-data of a created droplet, run for real, brings its bot Online', skip, async (t) => {
  const trading = (strictness: string) => `  trading:\n    strictness: ${strictness}\n`;
  const bot = await LiveBot.declared(t, trading('low'));
  assert.equal(await bot.boot(), 0, bot.log);
  const runner = bot.startRunner();
  await until('it is Online', 15_000, 50, async () => (await bot.status()).phase === 'Online');
  for (const type of ['AgentRegistered', 'Bootstrapped', 'ConfigApplied', 'Healthy', 'Ready'])
    assert.match(await bot.told(type), /^True/, type);
  const config = () =>
    JSON.parse(bot.root.read('var', 'lib', 'openclaw', 'config.json')) as {
      trading: { strictness: string };
      control_plane_urls: string[];
    };
  assert.equal(config().trading.strictness, 'low');
  assert.match(config().control_plane_urls[0] ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);

  bot.declare(trading('high'));
  await until('the change', 10_000, 20, async () => (await bot.status()).appliedConfig?.version === 2);
  assert.equal(config().trading.strictness, 'high');
  const { output } = await runner.kill('SIGTERM');
  assert.doesNotMatch(output, /failed/);
  await bot.end();
});

test('a bot whose npm packages cannot be installed says so until a bootstrap mends it', skip, async (t) => {
  const bot = await LiveBot.declared(
    t,
    '  bootstrap:\n    toolchain:\n      globalNpmPackages: [openclaw@latest]\n',
  );
  bot.root.write('', 'break-npm');
  assert.equal(await bot.boot(), 1);
  const runner = bot.startRunner();
  const becomes = (type: string, told: string) =>
    until(`${type} ${told}`, 30_000, 50, async () => (await bot.told(type)) === told);
  await becomes('Bootstrapped', 'False BootstrapFailed');
  await becomes('Healthy', 'True Heard');
  await becomes('Ready', 'False BootstrapFailed');
  assert.match(await bot.printed('get', 'bots'), /solo +Error +False +BootstrapFailed/);
  const described = await bot.described(/Warning +BootstrapFailed/);
  assert.match(described, /Bootstrap failed: +pnpm, global npm packages, customizer/);
  assert.match(described, /Failed on its droplet: pnpm, global npm packages\. /);
  assert.equal(described.split('Warning').length, 2, described);

  unlinkSync(bot.root.path('break-npm'));
  const again = bot.root.path('var', 'lib', 'openclaw-bootstrap', 'user-data');
  assert.equal((await bot.root.run(again)).code, 0, bot.log);
  await becomes('Bootstrapped', 'True BootstrapComplete');
  await becomes('Ready', 'True Running');
  await bot.described(/Normal +BootstrapMended/);
  await runner.kill('SIGTERM');
  await bot.end();
});
