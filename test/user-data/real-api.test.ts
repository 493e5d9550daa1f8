import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { until } from '../../scripts/lab/until.ts';
import { endAll, start } from '../cli/clawfleet.ts';
import { botManifest, newFleet } from '../cli/fleet.ts';
import { inProcess } from '../cli/in-process.ts';
import { PrivateRoot } from './support/private-root.ts';

after(endAll);

interface Shown {
  readonly status?: {
    readonly phase?: string;
    readonly droplet?: { readonly id: number };
    readonly appliedConfig?: { readonly version: number };
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

test('the user-data of a created droplet, run for real, brings its bot Online at the real API', async (t) => {
  const cwd = newFleet(['solo']);
  const declare = (strictness: string) =>
    writeFileSync(
      join(cwd, 'bots', 'solo.yaml'),
      `${botManifest('solo')}  trading:\n    strictness: ${strictness}\n`,
    );
  declare('low');
  // The droplet's own, simulated agent keeps quiet: what is run below speaks in its place.
  const settings = ['bootMs=50', 'listLagMs=0', 'agentsMute=1'];
  const simulator = start(['simulate', '--listen', '127.0.0.1:0', '--set', ...settings], { cwd });
  const [, cloud = ''] = /DigitalOcean at (\S+);/.exec(await simulator.until(/journal:/)) ?? [];
  const env = { DIGITALOCEAN_ACCESS_TOKEN: 'x', DIGITALOCEAN_API_URL: cloud };
  const flags = ['--listen', 'off', '--bot-listen', '127.0.0.1:0', '--poll-interval', '50ms'];
  const running = start(['run', '--source', 'bots', ...flags, '--log-format', 'json'], { cwd, env });
  const shown = async () => {
    const { stdout } = await inProcess(['get', 'bot', 'solo', '-o', 'json', '--source', 'bots'], { cwd });
    return (JSON.parse(stdout) as Shown).status ?? {};
  };
  await running.until(/DropletCreated/);
  const { droplet } = await shown();
  const answer = await fetch(`${cloud}/_simulator/droplets/${droplet?.id}/user-data`);
  const { user_data } = (await answer.json()) as { user_data: string };

  const root = new PrivateRoot();
  t.after(() => root.remove());
  const booted = await root.run(root.write(user_data, 'part-001'));
  assert.equal(booted.code, 0, root.read('var', 'log', 'openclaw-bootstrap.log'));
  const runner = root.start(root.path('usr', 'local', 'lib', 'openclaw', 'agent'), 'run');
  await until('it is Online', 15_000, 50, async () => (await shown()).phase === 'Online');
  const types = ['AgentRegistered', 'ConfigApplied', 'Healthy', 'Ready'];
  const { conditions = [] } = await shown();
  for (const type of types)
    assert.equal(conditions.find((condition) => condition.type === type)?.status, 'True', type);
  const config = () =>
    JSON.parse(root.read('var', 'lib', 'openclaw', 'config.json')) as {
      trading: { strictness: string };
      control_plane_urls: string[];
    };
  assert.equal(config().trading.strictness, 'low');
  assert.match(config().control_plane_urls[0] ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);

  declare('high');
  await until('the change', 10_000, 20, async () => (await shown()).appliedConfig?.version === 2);
  assert.equal(config().trading.strictness, 'high');
  const { output } = await runner.kill('SIGTERM');
  assert.doesNotMatch(output, /failed/);
  for (const process of [running, simulator]) process.child.kill('SIGTERM');
  await Promise.all([running.ended, simulator.ended]);
});
