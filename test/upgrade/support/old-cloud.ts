import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultRule } from '../../../src/adapters/simulator/faults/fault-rule.ts';
import type { DropletView } from '../../../src/adapters/simulator/world/droplet-view.ts';
import type { StateLine } from '../../../src/adapters/simulator/world/state-file.ts';
import type { Child } from '../../lab/child.ts';
import type { Checkout } from './checkout.ts';

const settings = ['agentBeatMs=500', 'agentRetryMs=200', 'listLagMs=0', 'deleteMs=0', 'dropletLimit=1000'];

/** `clawfleet simulate` of an earlier release. */
export class OldCloud {
  readonly url: string;
  readonly #process: Child;
  readonly #file: string;

  static async start(checkout: Checkout, directory: string): Promise<OldCloud> {
    const file = join(directory, 'cloud.jsonl');
    const process = checkout.start(
      [
        ...['simulate', '--listen', '127.0.0.1:0', '--state', file, '--rate-limit', 'off'],
        ...['--boot-time', '50ms', '--action-time', '20ms', '--set', ...settings],
      ],
      { cwd: directory, name: 'simulate' },
    );
    return new OldCloud(process, await process.says(/DigitalOcean at (\S+);/), file);
  }

  private constructor(process: Child, url: string, file: string) {
    this.#process = process;
    this.url = url;
    this.#file = file;
  }

  /** A droplet that a person makes. */
  async create(name: string, tags: readonly string[]): Promise<number> {
    const order = { name, region: 'nyc3', size: 's-1vcpu-2gb', image: 'ubuntu-22-04-x64', tags };
    const answer = await this.#send<{ droplet: { id: number } }>('POST', '/v2/droplets', order);
    return answer.droplet.id;
  }

  async droplets(): Promise<readonly DropletView[]> {
    return (await this.#send<{ droplets: DropletView[] }>('GET', '/_simulator/droplets')).droplets;
  }

  /** Requests so far by a route such as `POST /v2/droplets`. */
  async calls(route: string): Promise<number> {
    const path = '/_simulator/counts';
    const { routes } = await this.#send<{ routes: { route: string; requests: number }[] }>('GET', path);
    return routes.find((count) => count.route === route)?.requests ?? 0;
  }

  async order(rule: FaultRule): Promise<void> {
    await this.#send('POST', '/_simulator/faults', rule);
  }

  /** Past all rules of the API, as somebody in the control panel. */
  async destroy(id: number): Promise<void> {
    await this.#send('DELETE', `/_simulator/droplets/${id}`);
  }

  /** Ends it. Returns what it keeps. */
  async end(): Promise<string> {
    await this.#process.end();
    return shortened(readFileSync(this.#file, 'utf8'));
  }

  async #send<T>(method: string, path: string, body?: object): Promise<T> {
    const headers = { authorization: 'Bearer x', 'content-type': 'application/json' };
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    const answer = await fetch(`${this.url}${path}`, init);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}

/** Of each record the latest line alone, and of user-data only what an agent reads: its script is 30 kB a droplet. */
function shortened(lines: string): string {
  const latest = new Map<string, string>();
  for (const line of lines.trimEnd().split('\n')) {
    const { kind, record } = JSON.parse(line) as StateLine & { readonly record: Line };
    const key = `${kind} ${record.id ?? record.name}`;
    latest.delete(key);
    latest.set(key, JSON.stringify({ kind, record: kind === 'userData' ? withoutScript(record) : record }));
  }
  return `${[...latest.values()].join('\n')}\n`;
}

interface Line {
  readonly id?: number | string;
  readonly name?: string;
  readonly text?: string;
}

function withoutScript({ text = '', ...record }: Line): Line {
  const read = /^export (?:REGISTRATION_TOKEN|BOT_ID|CONTROL_PLANE_URL)=/;
  const exports = text.split('\n').filter((line) => read.test(line));
  return { ...record, text: exports.join('\n') };
}
