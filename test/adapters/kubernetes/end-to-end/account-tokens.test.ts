import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { serveSimulator } from '../../../../src/adapters/simulator/serve-simulator.ts';
import { instantSettings } from '../../../../src/adapters/simulator/settings.ts';
import { Simulator } from '../../../../src/adapters/simulator/simulator.ts';
import { seededChance } from '../../../../src/adapters/system/seeded-chance.ts';
import { systemClock } from '../../../../src/adapters/system/system-clock.ts';
import { withoutServers } from '../support/api-server.ts';
import { alone, FleetOnCluster } from '../support/fleet-on-cluster.ts';
import { accountIn, botIn } from '../support/manifests.ts';

/** One URL for two DigitalOcean accounts: `others` serves the token `tenant`, `main` everybody else. */
async function frontOf(main: string, others: string) {
  const server = createServer(async (request, response) => {
    const { authorization = '', 'content-type': type = 'application/json' } = request.headers;
    const body = Buffer.concat(await request.toArray());
    const url = (authorization === 'Bearer tenant' ? others : main) + request.url;
    const { method = 'GET' } = request;
    const init = { method, headers: { authorization, 'content-type': type } };
    const answer = await fetch(url, body.length > 0 ? { ...init, body } : init);
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? type });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

describe('a tenant with a DigitalOcean account of its own', withoutServers, () => {
  let fleet: FleetOnCluster;
  const tenant = new Simulator({
    clock: systemClock,
    chance: seededChance(2),
    settings: { ...instantSettings, deleteMs: 500 },
  });
  const ends = new AsyncDisposableStack();

  before(async () => {
    fleet = await FleetOnCluster.open({}, { controllers: true });
    ends.defer(() => fleet.close());
    const served = await serveSimulator(tenant);
    ends.defer(() => served.close());
    const front = await frontOf(fleet.apiURL, served.url);
    ends.defer(front.close);
    fleet.apiURL = front.url;
    fleet.run(...alone);
  });
  after(() => ends.disposeAsync());

  const declareAccount = async (namespace: string) => {
    const secret = ['create', 'secret', 'generic', 'token', '-n', namespace, '--from-literal=token=tenant'];
    await fleet.kubectl(secret);
    await fleet.apply(accountIn(namespace, { tokenSecretRef: { name: 'token', key: 'token' } }));
  };
  const makeTenant = async (namespace: string) => {
    await fleet.kubectl(['create', 'namespace', namespace]);
    await declareAccount(namespace);
    await fleet.apply(botIn(namespace, 'alpha'), botIn(namespace, 'beta'));
    await fleet.kubectl(['wait', '-n', namespace, '--for=condition=Ready', 'bot', '--all', '--timeout=20s']);
  };

  it('is gone with its namespace, though Secret and Account go before the bots', async () => {
    await makeTenant('tenant');
    assert.deepEqual([fleet.droplets().length, tenant.droplets().length], [0, 2]);
    await fleet.kubectl(['delete', 'secret', 'token', '-n', 'tenant']);
    await fleet.kubectl(['delete', 'account', 'team', '-n', 'tenant']);
    await fleet.kubectl(['delete', 'namespace', 'tenant', '--timeout=40s']);
    assert.equal(tenant.droplets().length, 0);
  });

  it('keeps its droplets when its token goes while no controller runs, until it is back', async () => {
    await makeTenant('left');
    await fleet.endControllers();
    await fleet.kubectl(['delete', 'bots', '--all', '-n', 'left', '--wait=false']);
    await fleet.kubectl(['delete', 'secret/token', 'account/team', '-n', 'left']);
    fleet.run(...alone);
    const stalled = '{.status.conditions[?(@.type=="Stalled")].reason}';
    const waits = ['wait', 'bot', '--all', '-n', 'left', '--timeout=20s'];
    await fleet.kubectl([...waits, `--for=jsonpath=${stalled}=CloudAccountChanged`]);
    assert.equal(tenant.droplets().length, 2);
    await declareAccount('left');
    await fleet.kubectl([...waits, '--for=delete']);
    assert.equal(tenant.droplets().length, 0);
    assert.equal(tenant.lives.lives().length, 4);
  });
});
