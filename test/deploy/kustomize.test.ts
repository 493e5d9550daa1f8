import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { at, listAt, type Manifest, ofKind, only } from './support/manifest.ts';
import { rendered, renderedWith } from './support/render.ts';
import { withoutTools } from './support/tool.ts';

const argsOf = (manifests: readonly Manifest[]) =>
  listAt(only(manifests, 'Deployment'), 'spec', 'template', 'spec', 'containers', 0, 'args');

const imageOf = (manifests: readonly Manifest[]) =>
  at(only(manifests, 'Deployment'), 'spec', 'template', 'spec', 'containers', 0, 'image');

const named = (manifests: readonly Manifest[], kind: string) =>
  ofKind(manifests, kind).map(({ metadata }) => metadata.name);

describe('deploy/kubernetes', withoutTools, async () => {
  const manifests = withoutTools.skip ? [] : await rendered('deploy/kubernetes');

  it('holds everything a cluster needs, and nothing that a bare cluster does not know', () => {
    assert.deepEqual([...new Set(manifests.map(({ kind }) => kind))].sort(), [
      'ClusterRole',
      'ClusterRoleBinding',
      'CustomResourceDefinition',
      'Deployment',
      'Namespace',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'Role',
      'RoleBinding',
      'Service',
      'ServiceAccount',
    ]);
  });

  it('puts everything that has a namespace into clawfleet-system', () => {
    const clusterWide = /^(ClusterRole|ClusterRoleBinding|CustomResourceDefinition|Namespace)$/;
    for (const { kind, metadata } of manifests) {
      const wanted = clusterWide.test(kind) ? undefined : 'clawfleet-system';
      assert.equal(metadata.namespace, wanted, `${kind} ${metadata.name}`);
    }
  });

  it('labels everything, so that it can be found and told apart', () => {
    for (const { kind, metadata } of manifests)
      assert.equal(metadata.labels?.['app.kubernetes.io/name'], 'clawfleet', `${kind} ${metadata.name}`);
  });

  it('runs two replicas that elect a leader, and keeps one through a drain', () => {
    assert.equal(at(only(manifests, 'Deployment'), 'spec', 'replicas'), 2);
    assert.ok(argsOf(manifests).includes('--leader-elect'));
    assert.equal(at(only(manifests, 'PodDisruptionBudget'), 'spec', 'minAvailable'), 1);
  });

  it('selects its own pods in the Service, the budget, the policy and the spread', () => {
    const labels = at(only(manifests, 'Deployment'), 'spec', 'template', 'metadata', 'labels') as object;
    const selectors = [
      at(only(manifests, 'Deployment'), 'spec', 'selector', 'matchLabels'),
      at(only(manifests, 'Service'), 'spec', 'selector'),
      at(only(manifests, 'PodDisruptionBudget'), 'spec', 'selector', 'matchLabels'),
      at(only(manifests, 'NetworkPolicy'), 'spec', 'podSelector', 'matchLabels'),
    ];
    for (const selector of selectors) {
      assert.deepEqual(selector, selectors[0]);
      assert.deepEqual({ ...labels, ...(selector as object) }, labels);
    }
  });

  it('never runs without a token: the simulator would make imaginary droplets', () => {
    const env = listAt(only(manifests, 'Deployment'), 'spec', 'template', 'spec', 'containers', 0, 'env');
    const token = env.find((one) => at(one, 'name') === 'DIGITALOCEAN_ACCESS_TOKEN');
    assert.deepEqual(at(token, 'valueFrom', 'secretKeyRef'), {
      name: 'clawfleet-digitalocean',
      key: 'access-token',
    });
    assert.deepEqual(ofKind(manifests, 'Secret'), []);
  });

  it('keeps definitions and namespace from being pruned by Argo CD and Flux', () => {
    for (const { kind, metadata } of manifests) {
      const kept = kind === 'CustomResourceDefinition' || kind === 'Namespace';
      const { annotations = {} } = metadata;
      const sync = kept ? 'Prune=false,Delete=false' : undefined;
      assert.equal(annotations['argocd.argoproj.io/sync-options'], sync, metadata.name);
      assert.equal(annotations['kustomize.toolkit.fluxcd.io/prune'], kept ? 'disabled' : undefined);
    }
  });
});

describe('the component encryption', withoutTools, () => {
  it('hands over the keys of a Secret, and is one variable more', async () => {
    const envOf = (manifests: readonly Manifest[]) =>
      listAt(only(manifests, 'Deployment'), 'spec', 'template', 'spec', 'containers', 0, 'env');
    const before = envOf(await rendered('deploy/kubernetes'));
    const keys = {
      name: 'CLAWFLEET_ENCRYPTION_KEY',
      valueFrom: { secretKeyRef: { name: 'clawfleet-encryption', key: 'keys' } },
    };
    assert.deepEqual(envOf(await renderedWith('encryption')), [...before, keys]);
  });
});

describe('the example of an overlay', withoutTools, async () => {
  const base = withoutTools.skip ? [] : await rendered('deploy/kubernetes');
  const overlay = withoutTools.skip ? [] : await rendered('deploy/examples/overlay');

  it('sets image and flags', () => {
    assert.equal(imageOf(overlay), 'registry.example.com/team/clawfleet:0.1.0');
    assert.deepEqual(argsOf(overlay), [
      ...argsOf(base),
      '--watch-namespaces=desk,lab',
      '--max-concurrent-creates=20',
    ]);
  });

  it('binds the rights on bots and Secrets in the namespaces it watches, and nowhere else', () => {
    assert.deepEqual(named(overlay, 'ClusterRoleBinding'), ['clawfleet-cluster']);
    const bound = ofKind(overlay, 'RoleBinding').map(
      ({ metadata }) => `${metadata.namespace}/${metadata.name}`,
    );
    assert.deepEqual(bound.sort(), [
      'clawfleet-system/clawfleet-state',
      'desk/clawfleet-bots',
      'desk/clawfleet-secrets',
      'lab/clawfleet-bots',
      'lab/clawfleet-secrets',
    ]);
  });

  it('has the Service scraped by the Prometheus operator', () => {
    const monitor = only(overlay, 'ServiceMonitor');
    assert.equal(monitor.metadata.namespace, 'clawfleet-system');
    const { labels = {} } = only(overlay, 'Service').metadata;
    const selector = at(monitor, 'spec', 'selector', 'matchLabels') as Record<string, string>;
    for (const [name, value] of Object.entries(selector)) assert.equal(labels[name], value);
    const port = at(only(overlay, 'Service'), 'spec', 'ports', 0, 'name');
    assert.equal(at(monitor, 'spec', 'endpoints', 0, 'port'), port);
  });
});
