import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { BotObject } from '../../../../src/adapters/kubernetes/source/objects.ts';
import { withoutServers } from '../support/api-server.ts';
import { alone, FleetOnCluster } from '../support/fleet-on-cluster.ts';
import { accountIn, botIn } from '../support/manifests.ts';
import { patiently } from '../support/patiently.ts';

const names = ['alpha', 'beta', 'gamma'];
const recordArgs = (verb: string) => [verb, 'configmap', 'clawfleet-fleet', '-n', 'clawfleet-system'];

describe('what goes wrong with a whole cluster', withoutServers, () => {
  let fleet: FleetOnCluster;

  const bots = async (): Promise<readonly BotObject[]> =>
    JSON.parse(await fleet.kubectl(['get', 'bots', '-n', 'default', '-o', 'json'])).items;
  const droplets = () =>
    fleet
      .droplets()
      .map(({ id }) => id)
      .sort();
  const allReady = () =>
    fleet.kubectl(['wait', '-n', 'default', '--for=condition=Ready', 'bot', '--all', '--timeout=20s']);
  const declare = () => fleet.apply(accountIn('default'), ...names.map((name) => botIn('default', name)));
  const withoutFinalizers = async () => {
    for (const { metadata } of await bots()) {
      const patch = '{"metadata":{"finalizers":null}}';
      await fleet.tried(['patch', 'bot', metadata.name, '-n', 'default', '--type=merge', '-p', patch]);
    }
  };

  beforeEach(async () => {
    fleet = await FleetOnCluster.open();
    fleet.run(...alone);
    await declare();
    await allReady();
  });
  afterEach(() => fleet.close());

  it('a finalizer removed by hand under way of a deletion leaves the droplet, which is told as an orphan', async () => {
    const [first] = await bots();
    const id = first?.status?.droplet?.id ?? assert.fail();
    await fleet.endControllers();
    await fleet.kubectl(['delete', 'bot', 'alpha', '--wait=false']);
    await withoutFinalizers();
    const controller = fleet.run(...alone);
    await controller.until(/"metrics"/);
    await allReady();
    assert.ok(droplets().includes(id));
    const { stdout } = await fleet.clawfleet('orphans', '-o', 'json');
    assert.deepEqual(
      JSON.parse(stdout).map((orphan: { droplet: { id: number } }) => orphan.droplet.id),
      [id],
    );
  });

  it('restored under the same names with new uids, bots take their droplets over', async () => {
    const before = await bots();
    const ids = droplets();
    await fleet.endControllers();
    await withoutFinalizers();
    await fleet.kubectl(['delete', 'bots', '--all', '--timeout=10s']);
    // As Velero does: the objects anew, with the status that the backup had.
    await fleet.apply(
      ...before.map(({ apiVersion, kind, metadata: { name }, spec }) => ({
        apiVersion,
        kind,
        metadata: { name, namespace: 'default' },
        spec,
      })),
    );
    for (const { metadata, status } of before) {
      const patch = JSON.stringify({ status });
      await fleet.kubectl([
        'patch',
        'bot',
        metadata.name,
        '--subresource=status',
        '--type=merge',
        '-p',
        patch,
      ]);
    }
    fleet.run(...alone);
    await patiently(
      'each has its droplet again',
      async () => {
        const after = await bots();
        return (
          after.every(({ metadata, status }) => status?.ownerUID === metadata.uid && status?.droplet) && after
        );
      },
      30_000,
    );
    await allReady();
    const owned = (await bots()).map(({ metadata, status }) => [metadata.name, status?.droplet?.id]);
    assert.deepEqual(
      owned,
      before.map(({ metadata, status }) => [metadata.name, status?.droplet?.id]),
    );
    assert.deepEqual(droplets(), ids);
    assert.equal(fleet.simulator.lives.lives().length, names.length);
  });

  it('the definition deleted while running destroys nothing before somebody confirms', async () => {
    const ids = droplets();
    await fleet.kubectl(['delete', 'crd', 'bots.clawfleet.dev', '--wait=false']);
    await patiently('every deletion is held', async () => {
      const { stdout } = await fleet.clawfleet('fleet', 'show');
      return /Held/.test(stdout) && names.every((name) => stdout.includes(`default/${name}`));
    });
    const { stdout } = await fleet.clawfleet('describe', 'bot', 'alpha');
    assert.match(stdout, /CustomResourceDefinition bots\.clawfleet\.dev is being deleted/);
    assert.deepEqual(droplets(), ids);
    assert.equal((await fleet.clawfleet('confirm', 'delete', '--all')).code, 0);
    await patiently('they are gone', () => droplets().length === 0, 60_000);
    await fleet.kubectl(['wait', '--for=delete', 'crd/bots.clawfleet.dev', '--timeout=20s']);
  });

  it('the definition deleted and installed again, the bots declared again have their droplets', async () => {
    const ids = droplets();
    await fleet.kubectl(['delete', 'crd', 'bots.clawfleet.dev', '--wait=false']);
    await patiently('every deletion is held', async () => {
      const { stdout } = await fleet.clawfleet('fleet', 'show');
      return /Held/.test(stdout) && names.every((name) => stdout.includes(`default/${name}`));
    });
    // Who holds the finalizer holds the definition: it is let go by hand.
    await withoutFinalizers();
    await fleet.kubectl(['wait', '--for=delete', 'crd/bots.clawfleet.dev', '--timeout=20s']);
    await fleet.kubectl(['apply', '--server-side', '-k', 'crds']);
    await patiently('bots can be declared', async () => (await fleet.tried(['get', 'bots'])).code === 0);
    await declare();
    await patiently(
      'each has a droplet again',
      async () =>
        (await bots()).length === names.length && (await bots()).every(({ status }) => status?.droplet),
      40_000,
    );
    await allReady();
    assert.deepEqual(droplets(), ids);
    assert.deepEqual((await bots()).map(({ status }) => status?.droplet?.id).sort(), ids);
  });

  it('the fleet’s record deleted while no controller runs, the bots still know their fleet', async () => {
    const ids = droplets();
    await fleet.endControllers();
    const record = async () => {
      const object = JSON.parse(await fleet.kubectl([...recordArgs('get'), '-o', 'json']));
      return JSON.parse(object.data['fleet.json']);
    };
    const { fleetID } = await record();
    await fleet.kubectl(recordArgs('delete'));
    await fleet.run(...alone).until(/"metrics"/);
    await patiently('there is a record again', async () => (await fleet.tried(recordArgs('get'))).code === 0);
    assert.equal((await record()).fleetID, fleetID);
    fleet.simulator.destroy(ids[0] ?? assert.fail());
    await patiently(
      'a lost droplet is replaced',
      () => droplets().length === names.length && !droplets().includes(ids[0] ?? 0),
    );
    assert.equal(fleet.simulator.lives.lives().length, names.length + 1);
  });

  it('a record copied from another cluster lets nothing be done before somebody takes it over', async () => {
    const ids = droplets();
    await fleet.endControllers();
    const object = JSON.parse(await fleet.kubectl([...recordArgs('get'), '-o', 'json']));
    const state = { ...JSON.parse(object.data['fleet.json']), boundTo: 'kubernetes:elsewhere' };
    const patch = JSON.stringify({ data: { 'fleet.json': JSON.stringify(state) } });
    await fleet.kubectl([...recordArgs('patch'), '--type=merge', '-p', patch]);
    fleet.run(...alone);
    await fleet.kubectl([
      ...[
        'wait',
        '--for=jsonpath={.status.conditions[?(@.type=="Stalled")].reason}=FleetMismatch',
        'bot',
        '--all',
      ],
      '--timeout=20s',
    ]);
    await fleet.kubectl(['delete', 'bot', 'alpha', '--wait=false']);
    assert.match((await fleet.clawfleet('fleet', 'take-over')).stdout, /is now bound to kubernetes:/);
    await fleet.kubectl(['wait', '--for=delete', 'bot/alpha', '--timeout=20s']);
    await allReady();
    assert.equal(droplets().length, ids.length - 1);
  });

  it('controllers killed again and again amid creation and deletion leave one droplet for each bot', async () => {
    const more = Array.from({ length: 40 }, (_, index) => `more-${index}`);
    const before = fleet.simulator.lives.lives().length;
    await fleet.apply(...more.map((name) => botIn('default', name)));
    for (const created of [5, 12, 20]) {
      await patiently('some are created', () => fleet.simulator.lives.lives().length >= before + created);
      const [controller] = fleet.controllers.slice(-1);
      controller?.child.kill('SIGKILL');
      await controller?.ended;
      fleet.run(...alone);
    }
    await fleet.kubectl(['delete', 'bots', ...more.slice(0, 10), '--timeout=40s']);
    await fleet.kubectl(['wait', '--for=condition=Ready', 'bot', '--all', '--timeout=40s']);
    assert.equal(droplets().length, names.length + 30);
    assert.equal(new Set(fleet.droplets().map(({ name }) => name)).size, names.length + 30);
    assert.ok(fleet.simulator.lives.lives().length <= before + more.length);
    assert.deepEqual(fleet.simulator.lives.overlaps(), []);
  });

  it('an API server killed and started again: nothing is lost and nothing is made twice', async () => {
    await fleet.server.apiserver.kill();
    fleet.simulator.destroy(droplets()[0] ?? assert.fail());
    fleet.server.apiserver.start();
    await fleet.server.ready();
    await patiently('the lost droplet is replaced', () => droplets().length === names.length, 60_000);
    await allReady();
    assert.equal(fleet.simulator.lives.lives().length, names.length + 1);
    assert.deepEqual(fleet.simulator.lives.overlaps(), []);
  });
});
