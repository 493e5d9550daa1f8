import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listAt } from './support/manifest.ts';
import { rendered, renderedChart } from './support/render.ts';
import { bindingsIn, rightsIn, rolesIn } from './support/rights.ts';
import { withoutTools } from './support/tool.ts';

/** Every right there is. A new one needs a line here, and a reason in the manifest. */
const rights = [
  'clawfleet-admin: create clawfleet.dev/accounts',
  'clawfleet-admin: delete clawfleet.dev/accounts',
  'clawfleet-admin: deletecollection clawfleet.dev/accounts',
  'clawfleet-admin: patch clawfleet.dev/accounts',
  'clawfleet-admin: update clawfleet.dev/accounts',
  'clawfleet-bots: create events.k8s.io/events',
  'clawfleet-bots: get clawfleet.dev/accounts',
  'clawfleet-bots: get clawfleet.dev/bots',
  'clawfleet-bots: list clawfleet.dev/accounts',
  'clawfleet-bots: list clawfleet.dev/bots',
  'clawfleet-bots: patch clawfleet.dev/bots',
  'clawfleet-bots: patch events.k8s.io/events',
  'clawfleet-bots: update clawfleet.dev/accounts/status',
  'clawfleet-bots: update clawfleet.dev/bots/status',
  'clawfleet-bots: watch clawfleet.dev/accounts',
  'clawfleet-bots: watch clawfleet.dev/bots',
  'clawfleet-cluster: get apiextensions.k8s.io/customresourcedefinitions bots.clawfleet.dev',
  'clawfleet-cluster: get core/namespaces kube-system',
  'clawfleet-edit: create clawfleet.dev/bots',
  'clawfleet-edit: delete clawfleet.dev/bots',
  'clawfleet-edit: deletecollection clawfleet.dev/bots',
  'clawfleet-edit: patch clawfleet.dev/bots',
  'clawfleet-edit: update clawfleet.dev/bots',
  'clawfleet-secrets: get core/secrets',
  'clawfleet-secrets: list core/secrets',
  'clawfleet-secrets: watch core/secrets',
  'clawfleet-state: create coordination.k8s.io/leases',
  'clawfleet-state: create core/configmaps',
  'clawfleet-state: get coordination.k8s.io/leases clawfleet',
  'clawfleet-state: get core/configmaps clawfleet-fleet',
  'clawfleet-state: list core/configmaps clawfleet-fleet',
  'clawfleet-state: update coordination.k8s.io/leases clawfleet',
  'clawfleet-state: update core/configmaps clawfleet-fleet',
  'clawfleet-state: watch coordination.k8s.io/leases clawfleet',
  'clawfleet-state: watch core/configmaps clawfleet-fleet',
  'clawfleet-view: get clawfleet.dev/accounts',
  'clawfleet-view: get clawfleet.dev/bots',
  'clawfleet-view: list clawfleet.dev/accounts',
  'clawfleet-view: list clawfleet.dev/bots',
  'clawfleet-view: watch clawfleet.dev/accounts',
  'clawfleet-view: watch clawfleet.dev/bots',
];

const controller = 'ServiceAccount clawfleet-system/clawfleet';

describe('the rights', withoutTools, () => {
  it('are those listed here and no others', async () => {
    assert.deepEqual(rightsIn(await rendered('deploy/kubernetes')), rights);
  });

  it('have no wildcard anywhere', async () => {
    for (const role of rolesIn(await rendered('deploy/kubernetes')))
      assert.doesNotMatch(JSON.stringify(listAt(role, 'rules')), /\*/, role.metadata.name);
  });

  it('let the controller write no spec of an account, no Secret, and delete nothing', () => {
    const its = rights.filter((right) => /^clawfleet-(bots|cluster|secrets|state):/.test(right));
    assert.ok(its.length > 0);
    assert.deepEqual(
      its.filter((right) =>
        /: (create|patch|update) (core\/secrets|clawfleet\.dev\/accounts$)|: delete/.test(right),
      ),
      [],
    );
  });

  it('are bound everywhere to the controller alone, but for its own record', async () => {
    assert.deepEqual(bindingsIn(await rendered('deploy/kubernetes')), [
      `clawfleet-system: Role clawfleet-state to ${controller}`,
      `everywhere: ClusterRole clawfleet-bots to ${controller}`,
      `everywhere: ClusterRole clawfleet-cluster to ${controller}`,
      `everywhere: ClusterRole clawfleet-secrets to ${controller}`,
    ]);
  });

  it('are the same from the chart, bound everywhere', async () => {
    const [folder, chart] = [await rendered('deploy/kubernetes'), await renderedChart()];
    assert.deepEqual(rightsIn(chart), rightsIn(folder));
    assert.deepEqual(bindingsIn(chart), bindingsIn(folder));
  });

  it('are the same from the chart, bound in chosen namespaces', async () => {
    const overlay = await rendered('deploy/examples/overlay');
    const chart = await renderedChart('--set', 'watchNamespaces={desk,lab}');
    assert.deepEqual(rightsIn(chart), rightsIn(overlay));
    assert.deepEqual(bindingsIn(chart), bindingsIn(overlay));
  });
});
