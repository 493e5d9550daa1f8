import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  type LeaseObject,
  type LeaseSpec,
  leaseType,
} from '../../../../src/adapters/kubernetes/client/lease/kube-lease-store.ts';
import { resourcePath } from '../../../../src/adapters/kubernetes/client/resource-path.ts';
import type { Running } from '../../../cli/clawfleet.ts';
import { parseExposition } from '../../prometheus/exposition.ts';
import { withoutServers } from '../support/api-server.ts';
import { FleetOnCluster } from '../support/fleet-on-cluster.ts';
import { accountIn, botIn } from '../support/manifests.ts';
import { patiently } from '../support/patiently.ts';

/** Where the controller tells what it is up to. */
async function addressOf(running: Running): Promise<string> {
  const text = await running.until(/"metrics":"[^"]+"/);
  return /"metrics":"(http:[^"]+)\/metrics"/.exec(text)?.[1] ?? assert.fail();
}

async function masterStatus(running: Running): Promise<number | undefined> {
  const answer = await fetch(`${await addressOf(running)}/metrics`);
  const samples = parseExposition(await answer.text());
  return samples.find(
    ({ name, labels }) => name === 'leader_election_master_status' && labels['name'] === 'clawfleet',
  )?.value;
}

async function readiness(running: Running): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${await addressOf(running)}/readyz`);
  return { status: answer.status, text: await answer.text() };
}

const ready = (running: Running) =>
  patiently('it is ready', async () => (await readiness(running)).status === 200);

describe('two controllers of one cluster', withoutServers, () => {
  let fleet: FleetOnCluster;
  const lease = async (): Promise<LeaseSpec> => {
    const path = resourcePath(leaseType, { namespace: 'clawfleet-system', name: 'clawfleet' });
    return (await fleet.server.client.request<LeaseObject>('GET', path)).spec ?? assert.fail();
  };
  const makeBot = async (name: string) => {
    await fleet.apply(botIn('default', name));
    await fleet.kubectl(['wait', '--for=condition=Ready', `bot/${name}`, '--timeout=90s']);
  };

  before(async () => {
    fleet = await FleetOnCluster.open();
    await fleet.apply(accountIn('default'));
  });
  after(() => fleet?.close());

  it('one leads and one stands by; both are ready, and say which is which', async () => {
    const first = fleet.run();
    await patiently('the first leads', async () => (await masterStatus(first)) === 1);
    const second = fleet.run();
    await second.until(/leads; this process stands by/);
    await ready(first);
    await ready(second);
    assert.deepEqual([await masterStatus(first), await masterStatus(second)], [1, 0]);
    await makeBot('alpha');
    const samples = parseExposition(await (await fetch(`${await addressOf(first)}/metrics`)).text());
    assert.ok(
      samples.some(
        ({ name, labels }) =>
          name === 'rest_client_requests_total' && labels['code'] === '200' && labels['method'] === 'PUT',
      ),
    );
  });

  it('one that stands by ends in peace, and at once', async () => {
    const third = fleet.start('run', '--no-bot-api', '--listen', 'off', '--log-format', 'json');
    await third.until(/leads; this process stands by/);
    third.child.kill('SIGTERM');
    const { code, stdout } = await third.ended;
    assert.equal(code, 0);
    assert.match(stdout, /SIGTERM: ending; this process stood by/);
  });

  it('one that ends in peace gives the lease up, and the other takes over at once', async () => {
    const [first, second] = fleet.controllers;
    assert.ok(first && second);
    first.child.kill('SIGTERM');
    assert.equal((await first.ended).code, 0);
    const begun = performance.now();
    await patiently('the second leads', async () => (await masterStatus(second)) === 1);
    assert.ok(performance.now() - begun < 10_000, 'long before it would have expired');
    await makeBot('beta');
  });

  it('one that is killed is followed within the time of the lease', async (t) => {
    const third = fleet.run();
    await third.until(/leads; this process stands by/);
    const before = await lease();
    const second = fleet.controllers[1] ?? assert.fail();
    await patiently('it is renewed', async () => (await lease()).renewTime !== before.renewTime);
    second.child.kill('SIGKILL');
    const diedAt = Date.now();
    await second.ended;
    const last = await lease();
    await fleet.apply(botIn('default', 'gamma'));
    await patiently('the third leads', async () => (await masterStatus(third)) === 1, 60_000);
    const taken = await lease();
    await makeBot('gamma');
    const createdAt = fleet.simulator.lives.lives().at(-1)?.createdAt ?? assert.fail();
    const renewedAt = Date.parse(last.renewTime ?? '');
    const takenAt = Date.parse(taken.acquireTime ?? '');
    t.diagnostic(`last renewal, then death ${diedAt - renewedAt} ms`);
    t.diagnostic(`taken ${takenAt - renewedAt} ms, droplet created ${createdAt - renewedAt} ms after it`);
    assert.equal(taken.leaseTransitions, (last.leaseTransitions ?? 0) + 1);
    assert.ok(takenAt - renewedAt > 14_950, 'not before it had run out');
    assert.ok(takenAt - renewedAt < 25_000, `${takenAt - renewedAt} ms`);
    assert.equal(fleet.droplets().length, 3);
    assert.equal(fleet.simulator.lives.lives().length, 3);
  });

  it('one whose lease somebody else takes writes nothing more and ends', async () => {
    const third = fleet.controllers[2] ?? assert.fail();
    assert.match((await lease()).holderIdentity ?? '', /_/);
    const patch = JSON.stringify({ spec: { holderIdentity: 'somebody else', leaseDurationSeconds: 3600 } });
    await fleet.kubectl([
      'patch',
      'lease',
      'clawfleet',
      '-n',
      'clawfleet-system',
      '--type=merge',
      '-p',
      patch,
    ]);
    const { code, stdout } = await third.ended;
    assert.equal(code, 1);
    assert.match(stdout, /The lease was lost/);
    await fleet.apply(botIn('default', 'delta'));
    assert.equal(fleet.droplets().length, 3);
  });
});
