import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isMap, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { canonicalJSON } from '../../src/model/sharing/canonical-json.ts';
import { at, isTree, listAt, type Manifest, ofKind, only } from './support/manifest.ts';
import { ended, printed } from './support/program.ts';
import { chart, release, rendered, renderedChart, renderedWith } from './support/render.ts';
import { tool, withoutTools } from './support/tool.ts';

const fileOf = (name: string) => readFileSync(join(chart, name), 'utf8');
const containerOf = (manifests: readonly Manifest[]) =>
  at(only(manifests, 'Deployment'), 'spec', 'template', 'spec', 'containers', 0);
const podOf = (manifests: readonly Manifest[]) =>
  at(only(manifests, 'Deployment'), 'spec', 'template', 'spec');

describe('the chart', withoutTools, () => {
  it('passes helm lint', async () => {
    const out = await printed(tool('helm'), ['lint', '--strict', chart]);
    assert.doesNotMatch(out, /\[(WARNING|ERROR)\]/);
  });

  it('makes the same objects as deploy/kubernetes, but for the namespace', async () => {
    const names = (manifests: readonly Manifest[]) =>
      manifests
        .map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`)
        .filter((line) => !/^(Namespace|CustomResourceDefinition) /.test(line))
        .sort();
    assert.deepEqual(names(await renderedChart()), names(await rendered('deploy/kubernetes')));
  });

  it('runs the same pod as deploy/kubernetes', async () => {
    const podIn = (manifests: readonly Manifest[]) => {
      const pod = JSON.stringify(podOf(manifests));
      return JSON.parse(pod.replace(/"app.kubernetes.io\/instance":"clawfleet",?/g, '')) as unknown;
    };
    assert.deepEqual(podIn(await renderedChart()), podIn(await rendered('deploy/kubernetes')));
  });

  it('serves the bot API as the example of deploy/examples/bot-api does', async () => {
    const values = [
      'image.repository=registry.example.com/team/clawfleet,image.tag=0.1.0',
      'controlPlaneURL=https://bots.example.com,trustedProxies={10.244.0.0/16}',
    ];
    const [chart, example] = [
      await renderedChart('--set', values.join(',')),
      await rendered('deploy/examples/bot-api'),
    ];
    const partOf = (manifests: readonly Manifest[], ...path: readonly string[]) =>
      [...listAt(containerOf(manifests), ...path)].map((item) => canonicalJSON(item)).sort();
    for (const part of ['args', 'env', 'ports']) assert.deepEqual(partOf(chart, part), partOf(example, part));
    const servicePorts = (manifests: readonly Manifest[]) => at(only(manifests, 'Service'), 'spec', 'ports');
    assert.deepEqual(servicePorts(chart), servicePorts(example));
    const rules = (manifests: readonly Manifest[], direction: string) =>
      listAt(only(manifests, 'NetworkPolicy'), 'spec', direction)
        .map((rule) =>
          canonicalJSON(rule).replace(/"app.kubernetes.io\/(instance|component|name)":"[a-z]+",?/g, ''),
        )
        .sort();
    for (const direction of ['ingress', 'egress'])
      assert.deepEqual(rules(chart, direction), rules(example, direction));
  });

  it('hands the keys for encrypted values to the pods as the component encryption does', async () => {
    const envOf = (manifests: readonly Manifest[]) =>
      listAt(containerOf(manifests), 'env')
        .map((item) => canonicalJSON(item))
        .sort();
    const chart = await renderedChart('--set', 'encryption.keysSecret.name=clawfleet-encryption');
    assert.deepEqual(envOf(chart), envOf(await renderedWith('encryption')));
    assert.equal(envOf(chart).filter((item) => item.includes('CLAWFLEET_ENCRYPTION_KEY')).length, 1);
    assert.equal(envOf(await renderedChart()).length, envOf(chart).length - 1);
  });

  it('carries the definitions as crds/ has them', () => {
    for (const name of ['clawfleet.dev_accounts.yaml', 'clawfleet.dev_bots.yaml'])
      assert.equal(fileOf(`crds/${name}`), readFileSync(join(chart, '../../crds', name), 'utf8'));
  });

  it('makes what its values ask for', async () => {
    const manifests = await renderedChart(
      ...[
        '--set',
        'image.repository=registry.example.com/a,image.tag=v1,controlPlaneURL=https://bots.example.com',
      ],
      ...[
        '--set',
        'logLevel=debug,replicas=3,serviceMonitor.enabled=true,serviceMonitor.labels.release=prom',
      ],
      ...[
        '--set',
        'extraArgs={--orphans=delete},watchNamespaces={desk,lab},digitalocean.tokenSecret.name=token',
      ],
    );
    assert.equal(at(containerOf(manifests), 'image'), 'registry.example.com/a:v1');
    assert.deepEqual(listAt(containerOf(manifests), 'args').slice(5), [
      '--log-level=debug',
      '--watch-namespaces=desk,lab',
      '--control-plane-url=https://bots.example.com',
      '--bot-listen=:9465',
      '--peer-listen=:9466',
      '--orphans=delete',
    ]);
    const names = (list: readonly unknown[]) => list.map((port) => (port as { name: string }).name);
    assert.deepEqual(names(listAt(containerOf(manifests), 'ports')), ['http', 'bots', 'peers']);
    assert.deepEqual(names(listAt(only(manifests, 'Service'), 'spec', 'ports')), ['http', 'bots']);
    assert.equal(listAt(only(manifests, 'NetworkPolicy'), 'spec', 'ingress').length, 3);
    assert.equal(at(containerOf(manifests), 'env', 0, 'valueFrom', 'secretKeyRef', 'name'), 'token');
    assert.equal(at(only(manifests, 'Deployment'), 'spec', 'replicas'), 3);
    assert.equal(only(manifests, 'ServiceMonitor').metadata.labels?.['release'], 'prom');
  });

  it('takes a digest before a tag', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const manifests = await renderedChart('--set', `image.digest=${digest},image.tag=v1`);
    assert.equal(at(containerOf(manifests), 'image'), `clawfleet@${digest}`);
  });

  it('leaves out what its values switch off', async () => {
    const off =
      'rbac.create=false,rbac.aggregate=false,networkPolicy.enabled=false,podDisruptionBudget.enabled=false';
    const manifests = await renderedChart(
      ...['--set', `${off},serviceAccount.create=false,serviceAccount.name=mine`],
    );
    assert.deepEqual(manifests.map(({ kind }) => kind).sort(), ['Deployment', 'Service']);
    assert.equal(at(podOf(manifests), 'serviceAccountName'), 'mine');
  });

  it('makes no budget that would forbid every drain of a single replica', async () => {
    assert.deepEqual(ofKind(await renderedChart('--set', 'replicas=1'), 'PodDisruptionBudget'), []);
  });

  it('can be installed twice in a cluster: nothing of the cluster is named alike', async () => {
    const clusterWide = (manifests: readonly Manifest[]) =>
      manifests
        .filter(({ metadata }) => metadata.namespace === undefined)
        .map(({ metadata }) => metadata.name);
    const helm = tool('helm');
    const other = await printed(helm, ['template', 'second', chart, '--namespace', 'elsewhere']);
    const first = clusterWide(await renderedChart());
    assert.ok(first.length > 0);
    for (const name of first) assert.doesNotMatch(other, new RegExp(`name: ${name}$`, 'm'));
  });

  it('tells in its notes what is left to do', async () => {
    const args = ['install', ...release, '--dry-run=client', '--set', 'watchNamespaces={desk,lab}'];
    const out = await printed(tool('helm'), args);
    const notes = out.slice(out.indexOf('NOTES:'));
    assert.match(notes, /looks after bots in desk, lab\./);
    assert.match(
      notes,
      /kubectl -n clawfleet-system create secret generic clawfleet-digitalocean --from-file=access-token=FILE/,
    );
    assert.match(notes, /kubectl apply --server-side .*crds/);
  });
});

/** Every key of `values.yaml` with its path, and whether a comment stands before it. */
function* documented(
  map: YAMLMap,
  path = '',
): Generator<{ readonly path: string; readonly told: boolean; readonly leaf: boolean }> {
  for (const [index, pair] of (map.items as Pair[]).entries()) {
    if (!isScalar(pair.key)) continue;
    const here = `${path}${path && '.'}${String(pair.key.value)}`;
    const before = pair.key.commentBefore ?? (index === 0 ? map.commentBefore : undefined);
    const inner = isMap(pair.value) && pair.value.items.length > 0 ? pair.value : undefined;
    yield { path: here, told: Boolean(before), leaf: inner === undefined };
    if (inner) yield* documented(inner, here);
  }
}

describe('the chart’s values', withoutTools, () => {
  const document = parseDocument(fileOf('values.yaml'));
  const schema: unknown = JSON.parse(fileOf('values.schema.json'));
  const keys = isMap(document.contents) ? [...documented(document.contents)] : [];

  it('are each explained', () => {
    assert.ok(keys.length > 30);
    const free = /^(resources|digitalocean\.tokenSecret|networkPolicy\.metricsFrom)\./;
    const silent = keys.filter(({ path, told, leaf }) => leaf && !told && !free.test(path));
    assert.deepEqual(
      silent.map(({ path }) => path),
      [],
    );
  });

  it('are the ones the schema knows, and all of them', () => {
    const properties = at(schema, 'properties');
    const known = isTree(properties) ? Object.keys(properties).filter((name) => name !== 'global') : [];
    const top = keys.filter(({ path }) => !path.includes('.')).map(({ path }) => path);
    assert.deepEqual(known.sort(), [...top].sort());
  });

  const bad: Readonly<Record<string, RegExp>> = {
    'replica=3': /'replica' not allowed/,
    'image.tag=2': /image\/tag.*want string/s,
    'image.repo=x': /'repo' not allowed/,
    'image.pullPolicy=Sometimes': /image\/pullPolicy/,
    'image.digest=abc': /image\/digest/,
    'replicas=many': /replicas.*want integer/s,
    'replicas=11': /replicas/,
    'watchNamespaces=desk': /watchNamespaces.*want array/s,
    'watchNamespaces={Desk}': /watchNamespaces\/0/,
    'controlPlaneURL=http://bots.example.com': /controlPlaneURL/,
    'trustedProxies={proxy}': /trustedProxies\/0/,
    'encryption.key=abc': /'key' not allowed/,
    'encryption.keysSecret.key=a/b': /encryption\/keysSecret\/key/,
    'logLevel=loud': /logLevel/,
    'networkPolicy.egressPorts={https}': /egressPorts\/0/,
    'serviceMonitor.interval=often': /serviceMonitor\/interval/,
    'digitalocean.accessToken=secret': /'accessToken' not allowed/,
    'podLabels.a=1': /podLabels\/a.*want string/s,
    'serviceAccount.create=false': /serviceAccount\.name must name a service account/,
  };
  for (const [values, message] of Object.entries(bad)) {
    it(`are refused: ${values}`, async () => {
      const { code, stderr } = await ended(tool('helm'), ['template', ...release, '--set', values]);
      assert.notEqual(code, 0);
      assert.match(stderr, message);
    });
  }
});
