import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { botIn } from '../adapters/kubernetes/support/manifests.ts';
import { type Cluster, openCluster } from './support/cluster.ts';
import { release, root } from './support/render.ts';
import { withoutTools } from './support/tool.ts';

const system = ['-n', 'clawfleet-system'] as const;

describe('what deploy/README.md says of kubectl and Helm', withoutTools, () => {
  let cluster: Cluster;
  const uidOf = (name: string) => cluster.kubectl(['get', 'bot', name, '-o', 'jsonpath={.metadata.uid}']);

  before(async () => {
    cluster = await openCluster();
    await cluster.kubectl(['apply', '-k', join(root, 'deploy/kubernetes')]);
    await cluster.kubectl(['apply', '-f', join(root, 'deploy/examples/kubernetes')]);
  });
  after(() => cluster?.close());

  it('the chart takes over what kustomize has applied, once the Deployment is gone; bots stay', async () => {
    const [before, grown] = [await uidOf('kestrel'), '--take-ownership'];
    await assert.rejects(cluster.helm(['install', ...release, grown, '--force-conflicts']), /immutable/);
    await cluster.helm(['uninstall', 'clawfleet', ...system]);
    await cluster.kubectl(['delete', 'deployment', 'clawfleet', ...system]);
    await cluster.helm(['install', ...release, grown, '--force-conflicts']);
    await cluster.helm(['upgrade', ...release]);
    assert.equal(await uidOf('kestrel'), before);
    const status = await cluster.kubectl(['get', 'deployment', 'clawfleet', ...system, '-o', 'name']);
    assert.equal(status.trim(), 'deployment.apps/clawfleet');
  });

  it('kubectl apply --force and replace --force make another bot of the same name', async () => {
    const force = (verb: string, account: string) =>
      cluster.kubectl(
        [verb, '--force', '-f', '-'],
        JSON.stringify(botIn('default', 'forced', { accountRef: { name: account } })),
      );
    await force('apply', 'one');
    const first = await uidOf('forced');
    await force('apply', 'one');
    assert.equal(await uidOf('forced'), first, 'while nothing is refused it is an apply');
    await force('apply', 'two');
    const second = await uidOf('forced');
    assert.notEqual(second, first);
    await force('replace', 'two');
    assert.notEqual(await uidOf('forced'), second);
  });
});
