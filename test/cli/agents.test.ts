import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { cloudToken } from '../lab/notes/notes.ts';
import { until } from '../lab/until.ts';
import { endAll, start } from './clawfleet.ts';
import { botManifest, newFleet } from './fleet.ts';
import { inProcess } from './in-process.ts';

after(endAll);

const timeoutSeconds = 60;

interface Status {
  readonly phase?: string;
  readonly appliedConfig?: { readonly version: number; readonly since: string };
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly lastTransitionTime: string;
  }[];
  readonly droplet?: { readonly id: number };
}

/** What a thief finds on the droplet. */
async function registrationTokenOn(cloud: string, droplet: number): Promise<{ id: string; token: string }> {
  const answer = await fetch(`${cloud}/_simulator/droplets/${droplet}/user-data`);
  const { user_data } = (await answer.json()) as { user_data: string };
  const exported = (name: string) => new RegExp(`^export ${name}='([^']+)'$`, 'm').exec(user_data)?.[1] ?? '';
  return { id: exported('BOT_ID'), token: exported('REGISTRATION_TOKEN') };
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
  // In its file beside the fleet's own, whoever looks for leaks finds the tokens there are.
  mkdirSync(join(cwd, '.clawfleet'));
  const world = ['--state', join('.clawfleet', 'cloud.simulator.jsonl')];
  const simulator = start(['simulate', '--listen', '127.0.0.1:0', ...world, '--set', ...settings], { cwd });
  const [, cloud = ''] = /DigitalOcean at (\S+);/.exec(await simulator.until(/journal:/)) ?? [];
  const env = { DIGITALOCEAN_ACCESS_TOKEN: cloudToken, DIGITALOCEAN_API_URL: cloud };
  const flags = ['--listen', 'off', '--bot-listen', '127.0.0.1:0', '--poll-interval', '50ms'];
  const running = start(['run', '--source', 'bots', ...flags, '--log-format', 'json'], { cwd, env });
  const isPhase = async (name: string, phase: string) => (await statusOf(cwd, name)).phase === phase;
  const [, botAPI = ''] = /"botAPI":"(http:[^"]+)"/.exec(await running.until(/"botAPI":"http:.*\n/)) ?? [];
  await running.until(/AgentRegistered/);
  for (const name of names) await until(`${name} Online`, 60_000, 20, () => isPhase(name, 'Online'));
  const versionOf = async () => (await statusOf(cwd, 'one')).appliedConfig?.version;
  await until('the first config', 60_000, 20, async () => (await versionOf()) === 1);

  let tookMs = Number.POSITIVE_INFINITY;
  // A busy machine may need another try for the time.
  for (let version = 2; version <= 4 && tookMs > 1_000; version += 1) {
    const changedAt = Date.now();
    declare('one', version % 2 === 0 ? 'high' : 'low');
    await until('the changed config', 60_000, 10, async () => (await versionOf()) === version);
    tookMs = Date.parse((await statusOf(cwd, 'one')).appliedConfig?.since ?? '') - changedAt;
  }
  assert.ok(tookMs <= 1_000, `a change was acknowledged after ${tookMs} ms`);

  const { droplet } = await statusOf(cwd, 'two');
  const { id, token } = await registrationTokenOn(cloud, droplet?.id ?? 0);
  const stolen = { bot_id: id, agent_token: 'thief'.repeat(10) };
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const registering = { method: 'POST', headers, body: JSON.stringify(stolen) };
  assert.equal((await fetch(`${botAPI}/v1/bot/register`, registering)).status, 401);
  for (const bearer of [token, stolen.agent_token]) {
    const answer = await fetch(`${botAPI}/v1/bot/${id}/config`, {
      headers: { authorization: `Bearer ${bearer}` },
    });
    assert.equal(answer.status, 401);
  }
  const body = JSON.stringify({ agentConduct: 'dead' });
  await fetch(`${cloud}/_simulator/droplets/${droplet?.id}`, { method: 'PATCH', body });
  const killedAt = Date.now();
  await until('two in Error', (timeoutSeconds + 60) * 1_000, 100, () => isPhase('two', 'Error'));
  const healthy = (await statusOf(cwd, 'two')).conditions?.find(({ type }) => type === 'Healthy');
  assert.equal(healthy?.status, 'False');
  const silentMs = Date.parse(healthy?.lastTransitionTime ?? '') - killedAt;
  assert.ok(silentMs <= timeoutSeconds * 1_000 + 5_000, `its death was seen after ${silentMs} ms`);
  assert.equal((await statusOf(cwd, 'one')).phase, 'Online');

  const well = JSON.stringify({ agentConduct: 'well' });
  await fetch(`${cloud}/_simulator/droplets/${droplet?.id}`, { method: 'PATCH', body: well });
  await until('two Online again', 60_000, 50, () => isPhase('two', 'Online'));
  for (const process of [running, simulator]) process.child.kill('SIGTERM');
  const [ended] = await Promise.all([running.ended, simulator.ended]);
  assert.equal(ended.code, 0, ended.stderr);
  const shown = await inProcess(['get', 'bots', '-o', 'json', '--source', 'bots'], { cwd });
  const described = await inProcess(['describe', 'bot', 'two', '--source', 'bots'], { cwd });
  assert.match(described.stdout, /RegistrationRefused|registration/i);
  for (const text of [ended.stdout, ended.stderr, shown.stdout, described.stdout])
    assert.ok(![token, stolen.agent_token, 'Bearer '].some((secret) => text.includes(secret)));
});
