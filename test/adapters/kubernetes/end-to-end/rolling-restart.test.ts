import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentHost } from '../../../../src/adapters/simulator/agents/agent-host.ts';
import { seededChance } from '../../../../src/adapters/system/seeded-chance.ts';
import { systemClock } from '../../../../src/adapters/system/system-clock.ts';
import type { Running } from '../../../cli/clawfleet.ts';
import { freePort } from '../../../lab/free-port.ts';
import { parseExposition } from '../../prometheus/exposition.ts';
import { withoutServers } from '../support/api-server.ts';
import { FleetOnCluster } from '../support/fleet-on-cluster.ts';
import { accountIn, botIn } from '../support/manifests.ts';
import { noteCluster } from '../support/note-cluster.ts';
import { patiently } from '../support/patiently.ts';
import { ServiceFront } from '../support/service-front.ts';

const names = ['alpha', 'beta', 'gamma', 'delta'];
/** The shortest that there is. */
const timeoutSeconds = 60;

interface Replica {
  readonly port: number;
  readonly running: Running;
}

interface BotObject {
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly conditions: readonly {
      readonly type: string;
      readonly status: string;
      readonly lastTransitionTime: string;
    }[];
  };
}

describe('a rolling restart of two replicas', withoutServers, () => {
  let fleet: FleetOnCluster;
  let agents: AgentHost;
  let service: ServiceFront;
  const replicas: Replica[] = [];

  async function page(running: Running, path: string): Promise<Response> {
    const text = await running.until(/"metrics":"[^"]+"/);
    return fetch(`${/"metrics":"(http:[^"]+)\/metrics"/.exec(text)?.[1]}${path}`);
  }
  const leads = async ({ running }: Replica) => (await page(running, '/leaderz')).status === 200;
  const isReady = async ({ running }: Replica) => (await page(running, '/readyz')).status === 200;

  function route(): void {
    service.backends = replicas.map(({ port }) => port);
  }

  async function add(): Promise<void> {
    const port = await freePort();
    const running = fleet.runServing(
      ...['--bot-listen', `127.0.0.1:${port}`, '--peer-listen', '127.0.0.1:0'],
      ...['--control-plane-url', service.url],
    );
    const replica = { port, running };
    await patiently('the new replica is ready', () => isReady(replica), 60_000);
    replicas.push(replica);
    route();
  }

  /** As Kubernetes does it: no new connections, SIGTERM, and the pod goes when the process has ended. */
  async function retire(): Promise<void> {
    const oldest = replicas.shift();
    assert.ok(oldest);
    route();
    oldest.running.child.kill('SIGTERM');
    assert.equal((await oldest.running.ended).code, 0);
  }

  /** When each bot's health last changed, and to what. */
  async function health(): Promise<readonly string[]> {
    const list = JSON.parse(await fleet.kubectl(['get', 'bots', '-o', 'json'])) as { items: BotObject[] };
    return list.items.map(({ metadata, status }) => {
      const healthy = status.conditions.find(({ type }) => type === 'Healthy');
      return `${metadata.name} ${healthy?.status} since ${healthy?.lastTransitionTime}`;
    });
  }

  async function beatsTaken({ running }: Replica): Promise<number> {
    const samples = parseExposition(await (await page(running, '/metrics')).text());
    const taken = samples.filter(
      ({ name, labels }) =>
        name === 'clawfleet_bot_api_requests_total' &&
        labels['call'] === 'heartbeat' &&
        labels['code'] === '2xx',
    );
    return taken.reduce((sum, { value }) => sum + value, 0);
  }

  before(async () => {
    service = await ServiceFront.open();
    fleet = await FleetOnCluster.open({ agentBeatMs: 500, agentRetryMs: 500 });
    agents = new AgentHost(fleet.simulator, systemClock, seededChance(5));
    const spec = { health: { heartbeatTimeoutSeconds: timeoutSeconds } };
    await fleet.apply(accountIn('default'), ...names.map((name) => botIn('default', name, spec)));
    await add();
    await add();
    for (const name of names)
      await fleet.kubectl(['wait', '--for=condition=Ready', `bot/${name}`, '--timeout=120s']);
  });
  after(async () => {
    if (fleet) await noteCluster(fleet);
    await agents?.stop();
    service?.close();
    await fleet?.close();
  });

  it('makes no bot stale, and leaves each bot’s health as it was', async () => {
    const before = await health();
    assert.equal(before.length, names.length);
    for (const line of before) assert.match(line, / True since /);
    for (let round = 0; round < 2; round += 1) {
      await add();
      await retire();
    }
    const leading = async () => {
      for (const replica of replicas) if (await leads(replica)) return replica;
      return undefined;
    };
    await patiently('one of the new ones leads', async () => (await leading()) !== undefined, 60_000);
    // Whoever lost touch by then counts as stale after a whole timeout of the new leader.
    await sleep((timeoutSeconds + 3) * 1_000);
    assert.deepEqual(await health(), before);
    assert.doesNotMatch(await fleet.kubectl(['get', 'events', '-A', '-o', 'json']), /HeartbeatStale/);
    const taken = await Promise.all(replicas.map(beatsTaken));
    assert.ok(Math.min(...taken) > 0, `both replicas take beats: ${taken}`);
  });
});
