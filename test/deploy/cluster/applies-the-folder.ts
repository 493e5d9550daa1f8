import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Cluster } from '../support/cluster.ts';
import { at, type Manifest, only, type Tree } from '../support/manifest.ts';
import { rendered, root } from '../support/render.ts';

const folder = join(root, 'deploy/kubernetes');
const controller = '--as=system:serviceaccount:clawfleet-system:clawfleet';

/** A pod as the Deployment would make it, under another security context where one is given. */
function podOf(manifests: readonly Manifest[], securityContext?: Tree): string {
  const template = at(only(manifests, 'Deployment'), 'spec', 'template') as { metadata: Tree; spec: Tree };
  const metadata = { ...template.metadata, name: 'probe', namespace: 'clawfleet-system' };
  const spec = { ...template.spec, ...(securityContext ? { securityContext } : {}) };
  return JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata, spec });
}

const allowed = [
  ['list', 'bots.clawfleet.dev', '-A'],
  ['patch', 'bots.clawfleet.dev', '-A'],
  ['update', 'bots.clawfleet.dev', '--subresource=status', '-A'],
  ['create', 'events.events.k8s.io', '-A'],
  ['get', 'namespaces/kube-system'],
  ['get', 'customresourcedefinitions.apiextensions.k8s.io/bots.clawfleet.dev'],
  ['update', 'leases.coordination.k8s.io/clawfleet', '-n', 'clawfleet-system'],
  ['update', 'configmaps/clawfleet-fleet', '-n', 'clawfleet-system'],
];

const denied = [
  ['delete', 'bots.clawfleet.dev', '-A'],
  ['create', 'bots.clawfleet.dev', '-A'],
  ['patch', 'accounts.clawfleet.dev', '-A'],
  ['update', 'secrets', '-A'],
  ['get', 'namespaces/default'],
  ['get', 'customresourcedefinitions.apiextensions.k8s.io/accounts.clawfleet.dev'],
  ['get', 'configmaps/other', '-n', 'clawfleet-system'],
  ['get', 'configmaps/clawfleet-fleet', '-n', 'default'],
  ['delete', 'leases.coordination.k8s.io/clawfleet', '-n', 'clawfleet-system'],
  ['get', 'pods', '-A'],
  ['impersonate', 'users'],
];

export function appliesTheFolder(cluster: () => Cluster): void {
  describe('kubectl apply -k deploy/kubernetes', () => {
    it('creates everything on a bare cluster', async () => {
      const lines = (await cluster().kubectl(['apply', '-k', folder])).trim().split('\n');
      assert.equal(lines.length, (await rendered('deploy/kubernetes')).length);
      for (const line of lines) assert.match(line, / created$/);
    });

    it('changes nothing the second time', async () => {
      const versions = ['get', '-k', folder, '-o', 'jsonpath={.items[*].metadata.resourceVersion}'];
      const before = await cluster().kubectl(versions);
      await cluster().kubectl(['apply', '-k', folder]);
      assert.equal(await cluster().kubectl(versions), before);
    });

    it('works by server-side apply too, as Flux and Argo CD do it', async () => {
      const args = ['apply', '--server-side', '--force-conflicts', '--dry-run=server', '-k', folder];
      await cluster().kubectl(args);
    });

    it('makes a pod that Pod Security "restricted" admits, in a namespace that enforces it', async () => {
      const manifests = await rendered('deploy/kubernetes');
      const create = ['create', '--dry-run=server', '-f', '-'];
      await cluster().kubectl(create, podOf(manifests));
      const { code, stderr } = await cluster().tried(create, podOf(manifests, { runAsUser: 0 }));
      assert.equal(code, 1);
      assert.match(stderr, /violates PodSecurity "restricted:latest"/);
    });

    it('lets the controller do what it must', async () => {
      for (const question of allowed)
        assert.equal(
          (await cluster().tried(['auth', 'can-i', controller, ...question])).stdout,
          'yes\n',
          `${question}`,
        );
    });

    it('lets the controller do nothing else', async () => {
      for (const question of denied)
        assert.equal(
          (await cluster().tried(['auth', 'can-i', controller, ...question])).stdout,
          'no\n',
          `${question}`,
        );
    });
  });
}
