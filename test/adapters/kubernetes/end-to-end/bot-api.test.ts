import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AgentHost } from '../../../../src/adapters/simulator/agents/agent-host.ts';
import { seededChance } from '../../../../src/adapters/system/seeded-chance.ts';
import { systemClock } from '../../../../src/adapters/system/system-clock.ts';
import type { Running } from '../../../cli/clawfleet.ts';
import { freePort } from '../../../lab/free-port.ts';
import { withoutServers } from '../support/api-server.ts';
import { FleetOnCluster } from '../support/fleet-on-cluster.ts';
import { accountIn, botIn } from '../support/manifests.ts';
import { noteCluster } from '../support/note-cluster.ts';
import { patiently } from '../support/patiently.ts';

const names = ['alpha', 'beta', 'gamma'];

async function leaderz(running: Running): Promise<number> {
  const text = await running.until(/"metrics":"[^"]+"/);
  const url = /"metrics":"(http:[^"]+)\/metrics"/.exec(text)?.[1] ?? assert.fail();
  return (await fetch(`${url}/leaderz`)).status;
}

describe('two controllers that serve bots', withoutServers, () => {
  let fleet: FleetOnCluster;
  let agents: AgentHost;
  const controlPlanes: string[] = [];
  const serve = (port: number) =>
    fleet.runServing(
      ...['--bot-listen', `127.0.0.1:${port}`, '--peer-listen', '127.0.0.1:0'],
      // Every bot calls the one that does not lead at first.
      ...['--control-plane-url', controlPlanes[1] ?? ''],
    );
  const readyOf = async (name: string) =>
    fleet.kubectl(['get', `bot/${name}`, '-o', 'jsonpath={.status.conditions[?(@.type=="Ready")].status}']);

  /** What the bot's agent calls with. */
  const agentOf = async (name: string) => {
    const id = await fleet.kubectl(['get', `bot/${name}`, '-o', 'jsonpath={.status.droplet.id}']);
    const { userData = '', disk } = fleet.simulator.machine(Number(id)) ?? {};
    const botID = /^export BOT_ID='([^']+)'$/m.exec(userData)?.[1];
    return { botID, headers: { authorization: `Bearer ${disk?.token}` } };
  };

  before(async () => {
    fleet = await FleetOnCluster.open({ agentBeatMs: 500, agentRetryMs: 200 });
    agents = new AgentHost(fleet.simulator, systemClock, seededChance(4));
    await fleet.apply(accountIn('default'));
  });
  after(async () => {
    await agents?.stop();
    await fleet?.close();
  });

  it('bots that call the one that does not lead come Online all the same', async () => {
    const ports = [await freePort(), await freePort()];
    controlPlanes.push(...ports.map((port) => `http://127.0.0.1:${port}`));
    const first = serve(ports[0] ?? 0);
    await patiently('the first leads', async () => (await leaderz(first)) === 200);
    const second = serve(ports[1] ?? 0);
    await second.until(/leads; this process stands by/);
    await fleet.apply(...names.map((name) => botIn('default', name)));
    for (const name of names)
      await fleet.kubectl(['wait', '--for=condition=Ready', `bot/${name}`, '--timeout=30s']);
    assert.deepEqual([await leaderz(first), await leaderz(second)], [200, 503]);
  });

  it('a key rotated in its Secret reaches the agent at once, as a new version of its config', async () => {
    const secret = (verb: string, key: string) =>
      fleet.kubectl([
        ...['create', 'secret', 'generic', 'model', `--from-literal=key=${key}`, '-o', 'json'],
        ...(verb === 'create' ? [] : ['--dry-run=client']),
      ]);
    await secret('create', 'first-key');
    const llm = { provider: 'anthropic', apiKey: { secretRef: { name: 'model', key: 'key' } } };
    await fleet.apply(botIn('default', 'omega', { llm }));
    await fleet.kubectl(['wait', '--for=condition=Ready', 'bot/omega', '--timeout=30s']);
    const { botID, headers } = await agentOf('omega');
    const path = `${controlPlanes[0]}/v1/bot/${botID}/config`;
    const before = await fetch(path, { headers });
    assert.match(await before.text(), /first-key/);
    const tag = before.headers.get('etag') ?? '';
    const poll = fetch(`${path}?wait=60s`, { headers: { ...headers, 'if-none-match': tag } });
    await fleet.kubectl(['apply', '-f', '-'], await secret('render', 'second-key'));
    const begun = performance.now();
    const after = await poll;
    assert.equal(after.status, 200);
    assert.match(await after.text(), /second-key/);
    assert.ok(performance.now() - begun < 5_000, 'the change itself woke it');
    const applied = '--for=jsonpath={.status.appliedConfig.version}=2';
    await fleet.kubectl(['wait', applied, 'bot/omega', '--timeout=30s']);
    await fleet.kubectl(['wait', '--for=condition=Ready', 'bot/omega', '--timeout=30s']);
  });

  it('a call without good credentials is refused through both', async () => {
    for (const url of controlPlanes) {
      const answer = await fetch(`${url}/v1/bot/nobody/config`, { headers: { authorization: 'Bearer x' } });
      assert.equal(answer.status, 401);
    }
  });

  it('when the leader is killed the other one serves them, and none becomes stale', async () => {
    const [first, second] = fleet.controllers;
    assert.ok(first && second);
    first.child.kill('SIGKILL');
    await first.ended;
    const refused = await fetch(`${controlPlanes[1]}/v1/bot/nobody/config`, {
      headers: { authorization: 'Bearer x' },
    });
    assert.equal(refused.status, 503);
    assert.ok(Number(refused.headers.get('retry-after')) > 0);
    await patiently('the second leads', async () => (await leaderz(second)) === 200, 60_000);
    await fleet.apply(botIn('default', 'delta'));
    await fleet.kubectl(['wait', '--for=condition=Ready', 'bot/delta', '--timeout=30s']);
    for (const name of names)
      await patiently(`${name} is ready`, async () => (await readyOf(name)) === 'True');
    const events = await fleet.kubectl(['get', 'events', '-A', '-o', 'json']);
    assert.doesNotMatch(events, /HeartbeatStale/);
    await noteCluster(fleet);
  });

  it('when the lease is lost, calls that wait are answered 503, and their connections closed', async () => {
    const [, second] = fleet.controllers;
    assert.ok(second);
    const { botID, headers } = await agentOf('alpha');
    const path = `${controlPlanes[1]}/v1/bot/${botID}/config`;
    const tag = (await fetch(path, { headers })).headers.get('etag') ?? '';
    const poll = fetch(`${path}?wait=60s`, { headers: { ...headers, 'if-none-match': tag } });
    const patch = JSON.stringify({ spec: { holderIdentity: 'somebody else', leaseDurationSeconds: 3600 } });
    const lease = ['patch', 'lease', 'clawfleet', '-n', 'clawfleet-system', '--type=merge', '-p', patch];
    await fleet.kubectl(lease);
    const answer = await poll;
    assert.deepEqual([answer.status, answer.headers.get('connection')], [503, 'close']);
    assert.equal((await second.ended).code, 1);
  });
});
