import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { failureOf } from '../../../../src/adapters/kubernetes/client/kube-error.ts';
import { resourcePath } from '../../../../src/adapters/kubernetes/client/resource-path.ts';
import { botType } from '../../../../src/adapters/kubernetes/source/objects.ts';
import type { TcpProxy } from '../../../lab/tcp-proxy.ts';
import { withoutServers } from '../support/api-server.ts';
import { EditedFleet } from '../support/edited-fleet.ts';
import { alone, FleetOnCluster } from '../support/fleet-on-cluster.ts';
import { accountIn } from '../support/manifests.ts';

const bots = resourcePath(botType, { namespace: 'default' });
const hourMs = 3_600_000;
const steps = [hourMs, -hourMs, -hourMs];
const stepWallClock = fileURLToPath(new URL('../support/step-wall-clock.ts', import.meta.url));

describe('a controller whose API server, store or clock fails it', withoutServers, () => {
  let fleet: FleetOnCluster;
  let edited: EditedFleet;
  let link: TcpProxy;

  const version = async () => {
    const { client } = fleet.server;
    return (await client.request<{ metadata: { resourceVersion: string } }>('GET', bots)).metadata
      .resourceVersion;
  };
  const isGone = (resourceVersion: string) =>
    assert.rejects(
      async () => {
        const patience = AbortSignal.timeout(30_000);
        for await (const event of fleet.server.client.watch(bots, { resourceVersion }, patience))
          if (event.type === 'ERROR') throw new Error(`${event.object.code}`);
      },
      (error: Error) => error.message === '410' || failureOf(error)?.httpStatus === 410,
      'the version is gone',
    );

  before(async () => {
    // Without its cache the API server reads watches from etcd, which forgets what is compacted.
    fleet = await FleetOnCluster.open({}, { durable: true, apiserverFlags: ['--watch-cache=false'] });
    edited = new EditedFleet(fleet);
    link = await fleet.proxied();
    await fleet.apply(accountIn('default'));
    fleet.run(...alone);
    await edited.measureUsual();
  });
  after(() => fleet?.close());

  it('is level within a second of the usual time when the versions it knew were compacted meanwhile', (t) =>
    edited.isLevelAfter(t, async (round) => {
      const before = await version();
      await link.refuse();
      link.cut();
      round.lose();
      await round.edit();
      await fleet.server.compact();
      await isGone(before);
      await link.accept();
    }));

  for (const which of ['store', 'server'] as const)
    it(`is level within a second of the usual time after a kill -9 of the ${which}, with work under way`, (t) =>
      edited.isLevelAfter(t, async (round) => {
        const { etcd, apiserver, ready } = fleet.server;
        const killed = which === 'store' ? etcd : apiserver;
        await round.edit();
        await killed.kill();
        round.lose();
        killed.start();
        await ready();
      }));

  it('does everything once while its wall clock jumps by an hour, ahead and back', async (t) => {
    await fleet.endControllers();
    fleet.environment = { NODE_OPTIONS: `--import=${stepWallClock}`, WALL_CLOCK_STEPS: steps.join(',') };
    const controller = fleet.run();
    for (const at of steps.keys()) {
      const round = await edited.round();
      await round.edit();
      controller.child.kill('SIGUSR2');
      await controller.until(new RegExp(`stepped, ${steps.length - 1 - at} to come`));
      round.lose();
      const took = await edited.oracle.levelled();
      t.diagnostic(`level ${Math.round(took)} ms after a step`);
      await edited.oracle.assertExact();
      assert.equal(controller.child.exitCode, null, 'it leads on');
    }
  });
});
