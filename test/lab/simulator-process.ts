import { join } from 'node:path';
import type { JournalEntry, RouteCount } from '../../src/adapters/simulator/admin/journal.ts';
import type { FaultRule } from '../../src/adapters/simulator/faults/fault-rule.ts';
import { defaultSettings, type Settings } from '../../src/adapters/simulator/settings.ts';
import type { DropletView } from '../../src/adapters/simulator/world/droplet-view.ts';
import type { Life, Overlap } from '../../src/adapters/simulator/world/life-log.ts';
import { Child } from './child.ts';
import type { Lab } from './lab.ts';

export interface SimulatorStart {
  readonly settings: Settings;
  readonly seed?: number;
  /** Gets every request as a line of JSON; slower. */
  readonly journalFile?: string;
}

/** `clawfleet simulate` in a process of its own, seen through its admin API. */
export class SimulatorProcess {
  readonly child: Child;
  readonly url: string;

  private constructor(child: Child, url: string) {
    this.child = child;
    this.url = url;
  }

  /** Ends with the lab, or sooner. */
  static async start(lab: Lab, start: SimulatorStart): Promise<SimulatorProcess> {
    const { seed, journalFile } = start;
    const child = new Child({
      command: lab.program,
      args: [
        ...['simulate', '--listen', '127.0.0.1:0', '--set', ...assignments(start.settings)],
        ...(seed === undefined ? [] : ['--seed', String(seed)]),
        ...(journalFile === undefined ? [] : ['--journal', journalFile]),
      ],
      logFile: join(lab.directory('simulator'), 'log'),
    });
    lab.ends.defer(() => child.kill());
    return new SimulatorProcess(child, await child.says(/(http:\/\/127\.0\.0\.1:\d+)/));
  }

  async counts(): Promise<readonly RouteCount[]> {
    return (await this.#get<{ routes: RouteCount[] }>('counts')).routes;
  }

  /** Requests so far, by route or all together. */
  async calls(route?: string): Promise<number> {
    const counts = await this.counts();
    return counts
      .filter((count) => route === undefined || count.route === route)
      .reduce((sum, count) => sum + count.requests, 0);
  }

  async mutations(): Promise<number> {
    const counts = await this.counts();
    return counts
      .filter((count) => !count.route.startsWith('GET '))
      .reduce((sum, count) => sum + count.requests, 0);
  }

  /** The entries after one of that number, oldest first; only the latest ten thousand are kept. */
  async journal(after = 0): Promise<readonly JournalEntry[]> {
    return (await this.#get<{ entries: JournalEntry[] }>(`journal?after=${after}`)).entries;
  }

  async droplets(): Promise<readonly DropletView[]> {
    return (await this.#get<{ droplets: DropletView[] }>('droplets')).droplets;
  }

  async userData(dropletID: number): Promise<string> {
    return (await this.#get<{ user_data: string }>(`droplets/${dropletID}/user-data`)).user_data;
  }

  lives(): Promise<{ readonly lives: readonly Life[]; readonly overlaps: readonly Overlap[] }> {
    return this.#get('lives');
  }

  /** Milliseconds to add to Date.now() for the cloud's own time. */
  async clockOffset(): Promise<number> {
    const begunAt = performance.now();
    const { now } = await this.#get<{ now: number }>('clock');
    const middle = (begunAt + performance.now()) / 2;
    return now - (performance.timeOrigin + middle);
  }

  async order(rule: FaultRule): Promise<void> {
    await this.#send('POST', 'faults', rule);
  }

  async withdrawFaults(): Promise<void> {
    await this.#send('DELETE', 'faults', undefined);
  }

  async set(settings: Partial<Settings>): Promise<void> {
    await this.#send('PATCH', 'settings', settings);
  }

  async #get<T>(path: string): Promise<T> {
    const answer = await fetch(`${this.url}/_simulator/${path}`);
    if (!answer.ok) throw new Error(`simulator: ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  async #send(method: string, path: string, body: object | undefined): Promise<void> {
    const answer = await fetch(`${this.url}/_simulator/${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`simulator: ${method} ${path}: ${answer.status} ${text}`);
  }
}

function assignments(settings: Settings): string[] {
  const names = Object.keys(defaultSettings) as (keyof Settings)[];
  return names.map((name) => `${name}=${settings[name]}`);
}
