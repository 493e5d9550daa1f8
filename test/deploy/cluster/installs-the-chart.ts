import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Cluster } from '../support/cluster.ts';
import { chart, renderedChart, root } from '../support/render.ts';

const namespace = 'clawfleet-chart';
const release = ['second', chart, '--namespace', namespace];

/** Beside deploy/kubernetes, as a second release in the same cluster. */
export function installsTheChart(cluster: () => Cluster): void {
  describe('helm install', () => {
    const objects = async (): Promise<readonly string[]> => {
      const kinds =
        'deployment,service,serviceaccount,role,rolebinding,clusterrole,clusterrolebinding,pdb,netpol';
      const selector = 'app.kubernetes.io/instance=second';
      const out = await cluster().kubectl(['get', kinds, '-A', '-l', selector, '-o', 'name']);
      return out.trim().split('\n').filter(Boolean);
    };

    before(() => cluster().kubectl(['create', 'namespace', 'chart-bots']));

    it('makes the objects of the chart on a real server', async () => {
      await cluster().helm(['install', ...release, '--create-namespace']);
      const found = await objects();
      assert.equal(found.length, (await renderedChart()).length, found.join(' '));
      for (const name of found) assert.match(name, /\/second-clawfleet(-|$)/);
    });

    it('upgrades to other values', async () => {
      await cluster().helm(['upgrade', ...release, '--set', 'replicas=1,networkPolicy.enabled=false']);
      const get = [
        '-n',
        namespace,
        'get',
        'deployment',
        'second-clawfleet',
        '-o',
        'jsonpath={.spec.replicas}',
      ];
      assert.equal(await cluster().kubectl(get), '1');
      assert.deepEqual(
        (await objects()).filter((name) => /netpol|networkpolicy|disruption/.test(name)),
        [],
      );
    });

    it('leaves definitions, bots and accounts behind when it is uninstalled', async () => {
      const bots = ['-n', 'chart-bots', 'get', 'accounts,bots', '-o', 'name'];
      await cluster().kubectl(['-n', 'chart-bots', 'apply', '-f', join(root, 'deploy/examples/kubernetes')]);
      await cluster().helm(['uninstall', 'second', '--namespace', namespace]);
      assert.deepEqual(await objects(), []);
      const left = await cluster().kubectl(bots);
      assert.equal(left, 'account.clawfleet.dev/workshop\nbot.clawfleet.dev/kestrel\n');
    });

    after(() => cluster().kubectl(['-n', 'chart-bots', 'delete', 'accounts,bots', '--all']));
  });
}
