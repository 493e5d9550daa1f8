import { cpSync } from 'node:fs';
import { until } from '../lab/until.ts';
import { newDirectory, type Outcome, type Running, start } from './clawfleet.ts';
import { newFleet } from './fleet.ts';
import { inProcess } from './in-process.ts';

export interface Shown {
  readonly id: number;
  readonly name: string;
  readonly tags: readonly string[];
}

/** A directory of bots with its state, beside others on one simulated cloud. */
export interface Workplace {
  readonly cwd: string;
  /** Runs a command to its end, with no terminal to ask on. */
  command(...args: string[]): Promise<Outcome>;
  /** Starts a controller; resolves once it listens. */
  run(): Promise<{ readonly url: string; stop(): Promise<Outcome> }>;
  /** Resolves once `get bots` matches. */
  shows(pattern: RegExp): Promise<void>;
}

/** A simulated DigitalOcean as a server of its own, for several controllers. */
export interface SharedCloud {
  readonly url: string;
  /** Fleet of these bots, in a directory of its own. */
  fleet(names: readonly string[]): Workplace;
  /** The same with its state, as somebody copies it. */
  copy(of: Workplace): Workplace;
  /** As they truly are. */
  droplets(): Promise<readonly Shown[]>;
  /** Resolves once listings, which lag, show the droplet. */
  listed(id: number): Promise<void>;
  order(method: string, path: string, body?: object): Promise<void>;
}

const quick = ['--poll-interval', '50ms', '--sweep-interval', '100ms', '--absence-window', '300ms'];
const runArgs = ['run', ...quick, '--no-bot-api', '--listen', '127.0.0.1:0', '--log-format', 'json'];
const noTerminal = { isTTY: false } as NodeJS.ReadStream;

export async function sharedCloud(): Promise<SharedCloud> {
  const simulator = start(['simulate', '--listen', '127.0.0.1:0', '--boot-time', '50ms'], {
    cwd: newDirectory(),
  });
  const [, url = ''] = /DigitalOcean at (\S+);/.exec(await simulator.until(/journal:/)) ?? [];
  const headers = { authorization: 'Bearer x', 'content-type': 'application/json' };
  return {
    url,
    fleet: (names) => workplace(newFleet(names), url),
    copy(of) {
      const cwd = newDirectory();
      cpSync(of.cwd, cwd, { recursive: true });
      return workplace(cwd, url);
    },
    async droplets() {
      const answer = await fetch(`${url}/_simulator/droplets`);
      return ((await answer.json()) as { droplets: Shown[] }).droplets;
    },
    listed: (id) =>
      until(`a listing with ${id}`, 30_000, 100, async () => {
        const answer = await fetch(`${url}/v2/droplets?tag_name=openclaw`, { headers });
        return ((await answer.json()) as { droplets: Shown[] }).droplets.some((shown) => shown.id === id);
      }),
    async order(method, path, body) {
      const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
      const answer = await fetch(`${url}/_simulator${path}`, init);
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    },
  };
}

function workplace(cwd: string, url: string): Workplace {
  const env = { DIGITALOCEAN_ACCESS_TOKEN: 'x', DIGITALOCEAN_API_URL: url };
  // Said each time: what the last run was given is remembered beside the state, and copied with it.
  const source = ['--source', 'bots', '--state', 'state.db'];
  const command = (...args: string[]) => inProcess([...args, ...source], { cwd, env, stdin: noTerminal });
  return {
    cwd,
    command,
    async run() {
      const running: Running = start([...runArgs, ...source], { cwd, env });
      const [, at = ''] = /"metrics":"(http\S+)\/metrics"/.exec(await running.until(/"metrics":.*\n/)) ?? [];
      const stop = () => {
        running.child.kill('SIGTERM');
        return running.ended;
      };
      return { url: at, stop };
    },
    async shows(pattern) {
      let last = '';
      const isShown = async () => {
        last = (await command('get', 'bots')).stdout;
        return pattern.test(last);
      };
      await until(`bots as ${pattern}`, 30_000, 100, isShown).catch((error: unknown) => {
        throw new Error(`${String(error)}:\n${last}`);
      });
    },
  };
}
