import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../lab/free-port.ts';
import { until } from '../lab/until.ts';
import { newDirectory, type Running, start } from './clawfleet.ts';

const apiVersion = 'clawfleet.dev/v1alpha1';
export const runFlags = [
  ...['run', '--source', 'bots', '--listen', '127.0.0.1:0', '--bot-listen', '127.0.0.1:0'],
  ...['--boot-time', '50ms', '--action-time', '20ms', '--poll-interval', '50ms', '--sweep-interval', '100ms'],
];

export function botManifest(name: string): string {
  return `# ${name} is watched closely\napiVersion: ${apiVersion}\nkind: Bot\nmetadata:\n  name: ${name}\nspec:\n  accountRef:\n    name: acme\n`;
}

export function newFleet(names: readonly string[]): string {
  const cwd = newDirectory();
  mkdirSync(join(cwd, 'bots'));
  const account = `apiVersion: ${apiVersion}\nkind: Account\nmetadata:\n  name: acme\nspec:\n  maxBots: 20\n`;
  writeFileSync(join(cwd, 'bots', 'account.yaml'), account);
  for (const name of names) writeFileSync(join(cwd, 'bots', `${name}.yaml`), botManifest(name));
  return cwd;
}

/** Where a fleet's bots call: agents that outlive a run must find the next one there. */
const botPorts = new Map<string, number>();

export interface RunningFleet {
  readonly running: Running;
  readonly url: string;
}

/** Starts a controller that logs JSON and serves metrics at `url`; resolves once it is ready. */
export async function runFleet(cwd: string, ...more: string[]): Promise<RunningFleet> {
  const fleet = await startFleet(cwd, ...more);
  await until('its being ready', 20_000, 20, async () => (await fetch(`${fleet.url}/readyz`)).ok);
  return fleet;
}

/** The same, of a controller that may not become ready. */
export async function startFleet(cwd: string, ...more: string[]): Promise<RunningFleet> {
  const port = botPorts.get(cwd) ?? (await freePort());
  botPorts.set(cwd, port);
  const running = start([...runFlags, '--bot-listen', `127.0.0.1:${port}`, ...more], { cwd });
  const [, url = ''] = /"metrics":"(http\S+)\/metrics"/.exec(await running.until(/"metrics":.*\n/)) ?? [];
  return { running, url };
}
