import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { AgentHost } from '../../../src/adapters/simulator/agents/agent-host.ts';
import { agentIdentity } from '../../../src/adapters/simulator/agents/agent-line.ts';
import { instantSettings, type Settings } from '../../../src/adapters/simulator/settings.ts';
import { Simulator } from '../../../src/adapters/simulator/simulator.ts';
import { seededChance } from '../../../src/adapters/system/seeded-chance.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { renderUserData } from '../../../src/user-data/render-user-data.ts';
import { temporaryDirectory } from '../../lab/temporary-directory.ts';
import {
  acknowledge,
  BEAT,
  type BotAPI,
  CONFIG,
  REGISTER,
  startBotApi,
} from '../../user-data/support/start-bot-api.ts';
import { exampleInput } from '../../user-data/user-data-example.ts';

const limit = { timeout: 20_000 };

interface Bed {
  readonly api: BotAPI;
  readonly simulator: Simulator;
  readonly host: AgentHost;
  readonly id: number;
  /** What somebody in the control panel does. */
  edit(change: Parameters<Simulator['edit']>[1]): void;
}

/** A droplet with an agent, and the API that its user-data names. */
async function bed(t: TestContext, settings: Partial<Settings> = {}, file?: string): Promise<Bed> {
  const api = await startBotApi(exampleInput);
  const simulator = newSimulator(settings, file);
  const host = new AgentHost(simulator, systemClock, seededChance(2));
  t.after(async () => {
    await host.stop();
    await api.close();
    simulator.close();
  });
  const id = boot(simulator, api.url);
  return { api, simulator, host, id, edit: (change) => void simulator.edit(id, change) };
}

function newSimulator(settings: Partial<Settings>, file?: string): Simulator {
  return new Simulator({
    clock: systemClock,
    chance: seededChance(1),
    settings: { ...instantSettings, agentBeatMs: 200, agentRetryMs: 20, ...settings },
    ...(file !== undefined && { file }),
  });
}

function boot(simulator: Simulator, controlPlaneURL: string): number {
  const user_data = renderUserData({ ...exampleInput, bootstrapScript: 'true\n', controlPlaneURL });
  const order = { name: 'bot', region: 'fra1', size: 's-1vcpu-1gb', image: 'ubuntu-24-04-x64', user_data };
  const answer = simulator.handle({
    method: 'POST',
    path: '/v2/droplets',
    headers: { authorization: 'Bearer x' },
    body: JSON.stringify(order),
  });
  assert.ok(answer.kind === 'response' && answer.status === 202);
  return (JSON.parse(answer.body) as { droplet: { id: number } }).droplet.id;
}

function isAcknowledged(api: BotAPI, id: string): boolean {
  return api.callsOf(acknowledge).some(({ body, status }) => body['config_id'] === id && status === 200);
}

test('what the agent needs is read from the user-data; without a control plane there is no agent', () => {
  const input = { ...exampleInput, bootstrapScript: 'true\n' };
  const withURL = renderUserData({ ...input, controlPlaneURL: 'https://fleet.example.com/' });
  assert.deepEqual(agentIdentity(withURL), {
    botID: exampleInput.botID,
    registrationToken: exampleInput.registrationToken,
    controlPlaneURL: 'https://fleet.example.com',
  });
  const { controlPlaneURL: _none, ...without } = input;
  assert.equal(agentIdentity(renderUserData(without)), undefined);
  assert.equal(agentIdentity('#!/bin/sh\ntrue\n'), undefined);
});

test('a booted droplet registers, fetches, acknowledges and beats', limit, async (t) => {
  const { api } = await bed(t);
  api.declare({ id: '1-a' });
  await api.until('an acknowledgement', () => isAcknowledged(api, '1-a'));
  await api.until('three beats', () => api.callsOf(BEAT).length >= 3);
  assert.equal(api.callsOf(REGISTER).length, 1);
});

test('a changed config arrives by the long poll', limit, async (t) => {
  const { api } = await bed(t, { agentBeatMs: 60_000 });
  api.declare({ id: '1-a' });
  await api.until('a long poll', () => api.callsOf(CONFIG).some((call) => call.ifNoneMatch !== undefined));
  api.declare({ id: '2-b' });
  await api.until('its acknowledgement', () => isAcknowledged(api, '2-b'));
  assert.equal(api.callsOf(BEAT).length, 1);
});

test('a droplet that is switched off falls silent, and comes back with the same token', limit, async (t) => {
  const { api, host, edit } = await bed(t);
  await api.until('a beat', () => api.callsOf(BEAT).length > 0);
  edit({ status: 'off' });
  while (host.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  const beats = api.callsOf(BEAT).length;
  edit({ status: 'active' });
  await api.until(
    'a beat again',
    () => api.callsOf(BEAT).length > beats && api.callsOf(BEAT).at(-1)?.status === 200,
  );
  assert.equal(api.callsOf(REGISTER).length, 1);
});

test('a reboot starts the agent anew', limit, async (t) => {
  const { api, simulator, id } = await bed(t, { agentBeatMs: 60_000 });
  await api.until('a beat', () => api.callsOf(BEAT).length === 1);
  const path = `/v2/droplets/${id}/actions`;
  const headers = { authorization: 'Bearer x' };
  simulator.handle({ method: 'POST', path, headers, body: JSON.stringify({ type: 'reboot' }) });
  await api.until('a beat', () => api.callsOf(BEAT).length === 2);
});

test('the agent’s token outlives the simulator', limit, async (t) => {
  const file = join(temporaryDirectory('agents'), 'cloud.jsonl');
  const { api, host, simulator } = await bed(t, {}, file);
  await api.until('a beat', () => api.callsOf(BEAT).at(-1)?.status === 200);
  await host.stop();
  simulator.close();
  const beats = api.callsOf(BEAT).length;
  const next = newSimulator({}, file);
  const nextHost = new AgentHost(next, systemClock, seededChance(3));
  t.after(async () => {
    await nextHost.stop();
    next.close();
  });
  await api.until(
    'a beat',
    () => api.callsOf(BEAT).length > beats && api.callsOf(BEAT).at(-1)?.status === 200,
  );
  assert.equal(api.callsOf(REGISTER).length, 1);
});

test('lost answers and refusals are tried again', limit, async (t) => {
  const api = await startBotApi(exampleInput);
  t.after(() => api.close());
  api.declare({ id: '1-a' });
  api.spoil(REGISTER, 'lost', { status: 503, body: '' });
  api.spoil(BEAT, 'cut', { status: 503, headers: { 'retry-after': '0' }, body: '{}' });
  api.spoil(CONFIG, { status: 500, body: 'oops' });
  const simulator = newSimulator({});
  boot(simulator, api.url);
  const host = new AgentHost(simulator, systemClock, seededChance(2));
  t.after(async () => {
    await host.stop();
    simulator.close();
  });
  await api.until('an acknowledgement', () => isAcknowledged(api, '1-a'));
});

test('a dead agent falls silent; well again, it goes on', limit, async (t) => {
  const { api, host, edit } = await bed(t);
  await api.until('a beat', () => api.callsOf(BEAT).length > 0);
  edit({ agentConduct: 'dead' });
  while (host.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  const { length } = api.calls;
  edit({ agentConduct: 'well' });
  await api.until('a beat', () => api.calls.length > length);
});

test('a mute agent never registers', limit, async (t) => {
  const { api, host, edit } = await bed(t, { agentsMute: 1 });
  while (host.size === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(api.calls, []);
  edit({ agentConduct: 'well' });
  await api.until('a registration', () => api.callsOf(REGISTER).length > 0);
  assert.equal(api.callsOf(BEAT)[0]?.status ?? 200, 200);
});

test(
  'failed steps of the bootstrap are reported, from the registration on, until they are mended',
  limit,
  async (t) => {
    const { api, edit } = await bed(t, { bootstrapFails: 1 });
    await api.until('a beat', () => api.callsOf(BEAT).length > 0);
    const failing = { running: false, failed_steps: ['node'] };
    for (const route of [REGISTER, BEAT]) assert.deepEqual(api.callsOf(route)[0]?.body['bootstrap'], failing);
    edit({ failedSteps: ['a', 'b'] });
    const reported = () => api.callsOf(BEAT).at(-1)?.body['bootstrap'];
    await api.until('both', () =>
      isDeepStrictEqual(reported(), { running: false, failed_steps: ['a', 'b'] }),
    );
    edit({ failedSteps: [] });
    await api.until('neither', () => isDeepStrictEqual(reported(), { running: false, failed_steps: [] }));
  },
);

test('a stale agent acknowledges what it was not given last', limit, async (t) => {
  const { api, edit } = await bed(t);
  api.declare({ id: '1-a' });
  await api.until('an acknowledgement', () => isAcknowledged(api, '1-a'));
  edit({ agentConduct: 'stale' });
  api.declare({ id: '2-b' });
  await api.until('a stale one', () => api.callsOf(acknowledge).at(-1)?.status === 409);
  assert.equal(isAcknowledged(api, '2-b'), false);
});

test('a forgetful agent shows a token that nobody knows', limit, async (t) => {
  const { api, edit } = await bed(t);
  await api.until('a beat', () => api.callsOf(BEAT).at(-1)?.status === 200);
  edit({ agentConduct: 'forgetful' });
  await api.until('a refusal', () => api.callsOf(BEAT).at(-1)?.status === 401);
});

test('a slow agent is late with each call', limit, async (t) => {
  const { api, edit } = await bed(t, { agentBeatMs: 50 });
  await api.until('a beat', () => api.callsOf(BEAT).at(-1)?.status === 200);
  edit({ agentConduct: 'slow' });
  const came = () => api.calls.at(-1)?.came ?? 0;
  const { length } = api.calls;
  await api.until('two calls more', () => api.calls.length >= length + 2);
  assert.ok(came() - (api.calls[length]?.came ?? 0) > 4_000);
});

test('a droplet that is destroyed ends its agent', limit, async (t) => {
  const { api, host, simulator, id } = await bed(t);
  await api.until('a beat', () => api.callsOf(BEAT).length > 0);
  simulator.destroy(id);
  while (host.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
});
