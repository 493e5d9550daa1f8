import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { until } from '../../scripts/lab/until.ts';
import { endAll, start } from './clawfleet.ts';
import { botManifest, newFleet } from './fleet.ts';
import { inProcess } from './in-process.ts';

after(endAll);

const timeoutSeconds = 30;

interface Status {
  readonly phase?: string;
  readonly appliedConfig?: { readonly version: number };
  readonly droplet?: { readonly id: number };
}

async function statusOf(cwd: string, name: string): Promise<Status> {
  const { stdout } = await inProcess(['get', 'bot', name, '-o', 'json', '--source', 'bots'], { cwd });
  return (JSON.parse(stdout) as { status?: Status }).status ?? {};
}

test('bots come Online by their agents, follow a changed config, and are missed when they fall silent', async () => {
  const names = ['one', 'two', 'three'];
  const cwd = newFleet(names);
  const declare = (name: string, strictness: string) =>
    writeFileSync(
      join(cwd, 'bots', `${name}.yaml`),
      `${botManifest(name)}  trading:\n    strictness: ${strictness}\n  health:\n    heartbeatTimeoutSeconds: ${timeoutSeconds}\n`,
    );
  for (const name of names) declare(name, 'low');
  const settings = ['agentBeatMs=2000', 'bootMs=50', 'listLagMs=0'];
  const simulator = start(['simulate', '--listen', '127.0.0.1:0', '--set', ...settings], { cwd });
  const [, cloud = ''] = /DigitalOcean at (\S+);/.exec(await simulator.until(/journal:/)) ?? [];
  const env = { DIGITALOCEAN_ACCESS_TOKEN: 'x', DIGITALOCEAN_API_URL: cloud };
  const flags = ['--listen', 'off', '--bot-listen', '127.0.0.1:0', '--poll-interval', '50ms'];
  const running = start(['run', '--source', 'bots', ...flags, '--log-format', 'json'], { cwd, env });
  const isPhase = async (name: string, phase: string) => (await statusOf(cwd, name)).phase === phase;
  await running.until(/"botAPI":"http:/);
  await running.until(/AgentRegistered/);
  for (const name of names) await until(`${name} Online`, 10_000, 20, () => isPhase(name, 'Online'));
  const versionOf = async () => (await statusOf(cwd, 'one')).appliedConfig?.version;
  await until('the first config', 10_000, 20, async () => (await versionOf()) === 1);

  declare('one', 'high');
  const changedAt = performance.now();
  await until('the changed config', 10_000, 10, async () => (await versionOf()) === 2);
  const tookMs = performance.now() - changedAt;
  assert.ok(tookMs < 1_500, `a change was acknowledged after ${tookMs} ms`);

  const { droplet } = await statusOf(cwd, 'two');
  const body = JSON.stringify({ agentConduct: 'dead' });
  await fetch(`${cloud}/_simulator/droplets/${droplet?.id}`, { method: 'PATCH', body });
  await until('two in Error', (timeoutSeconds + 5) * 1_000, 100, () => isPhase('two', 'Error'));
  assert.equal((await statusOf(cwd, 'one')).phase, 'Online');

  const well = JSON.stringify({ agentConduct: 'well' });
  await fetch(`${cloud}/_simulator/droplets/${droplet?.id}`, { method: 'PATCH', body: well });
  await until('two Online again', 10_000, 50, () => isPhase('two', 'Online'));
  for (const process of [running, simulator]) process.child.kill('SIGTERM');
  const [ended] = await Promise.all([running.ended, simulator.ended]);
  assert.equal(ended.code, 0, ended.stderr);
  assert.doesNotMatch(ended.stdout, /Bearer|REGISTRATION_TOKEN/);
});
