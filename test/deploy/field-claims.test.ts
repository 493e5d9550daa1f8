import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { botIn } from '../adapters/kubernetes/support/manifests.ts';
import { clawfleet, type Outcome } from '../cli/clawfleet.ts';
import { type Cluster, openCluster } from './support/cluster.ts';
import { root } from './support/render.ts';
import { withoutTools } from './support/tool.ts';

const kustomize = {
  'kustomize.toolkit.fluxcd.io/name': 'bots',
  'kustomize.toolkit.fluxcd.io/namespace': 'flux',
};
const released = { 'helm.toolkit.fluxcd.io/name': 'bots', 'helm.toolkit.fluxcd.io/namespace': 'flux' };
const tracked = { 'argocd.argoproj.io/tracking-id': 'desk:clawfleet.dev/Bot:default/argo' };

describe('a command on a field that someone else declares', withoutTools, () => {
  const directory = mkdtempSync(join(tmpdir(), 'clawfleet-claims-'));
  const chart = join(directory, 'chart');
  let cluster: Cluster;

  const stop = (name: string, ...more: string[]) =>
    clawfleet(['stop', name, '--source', 'kubernetes', '--kubeconfig', cluster.kubeconfig, ...more], {
      cwd: directory,
    });
  const powerOf = (name: string) =>
    cluster.kubectl(['get', 'bot', name, '-o', 'jsonpath={.spec.powerState}']);
  const declared = (name: string, metadata: object = {}, spec: object = { powerState: 'Running' }) => {
    const bot = botIn('default', name, spec) as { metadata: object };
    return JSON.stringify({ ...bot, metadata: { ...bot.metadata, ...metadata } });
  };
  const applied = (manager: string, name: string, metadata: object) =>
    cluster.kubectl(
      ['apply', '--server-side', `--field-manager=${manager}`, '-f', '-'],
      declared(name, metadata),
    );
  const outcomeOf = ({ code, stderr }: Outcome) => [code, stderr];
  const refusedOf = async (name: string): Promise<string> => {
    const { code, stderr } = await stop(name);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /add --yes to go on here all the same/);
    assert.equal(await powerOf(name), 'Running', 'nothing is changed');
    return stderr;
  };

  before(async () => {
    cluster = await openCluster();
    await cluster.kubectl(['apply', '--server-side', '-k', join(root, 'crds')]);
    mkdirSync(join(chart, 'templates'), { recursive: true });
    writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: bots\nversion: 0.1.0\n');
    writeFileSync(join(chart, 'values.yaml'), 'powerState: Running\npersona: beginner\n');
    const spec =
      'spec: {accountRef: {name: team}, powerState: {{ .Values.powerState }}, persona: {{ .Values.persona }}}';
    const bot = `apiVersion: clawfleet.dev/v1alpha1\nkind: Bot\nmetadata: {name: h1}\n${spec}\n`;
    writeFileSync(join(chart, 'templates', 'bot.yaml'), bot);
  });
  after(async () => {
    await cluster?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('of Helm: says that the next upgrade will be refused, as it then is, and that the values are the place', async () => {
    await cluster.helm(['install', 'web', chart]);
    const text = await refusedOf('h1');
    assert.match(
      text,
      /^Error: default\/h1: spec\.powerState is declared by Helm \(release web in default\): /,
    );
    assert.match(text, /is refused with a conflict .* Better set it in the chart’s values/);
    const { code, stderr } = await stop('h1', '--yes');
    assert.equal(code, 0, stderr);
    assert.match(stderr, /release web/);
    await assert.rejects(
      cluster.helm(['upgrade', 'web', chart, '--set', 'persona=tweaker']),
      /conflict with "clawfleet-cli" .*\.spec\.powerState/,
    );
    assert.equal(await powerOf('h1'), 'Stopped');
    await cluster.helm(['upgrade', 'web', chart, '--set', 'persona=tweaker,powerState=Stopped']);
    await cluster.helm(['upgrade', 'web', chart, '--set', 'powerState=Running', '--force-conflicts']);
    assert.equal(await powerOf('h1'), 'Running');
  });

  it('of kubectl apply: says so even when the field was taken over since', async () => {
    await cluster.kubectl(['apply', '-f', '-'], declared('client'));
    assert.match(
      await refusedOf('client'),
      /declared by kubectl apply: the next `kubectl apply` of its manifest puts/,
    );
    assert.equal((await stop('client', '--yes')).code, 0);
    const { stderr } = await clawfleet(
      ['start', 'client', '--source', 'kubernetes', '--kubeconfig', cluster.kubeconfig, '--yes'],
      { cwd: directory },
    );
    assert.match(stderr, /declared by kubectl apply/);
  });

  it('of whoever applies server-side: names the tool, and what it makes of the edit', async () => {
    await applied('kubectl', 'server', {});
    assert.match(
      await refusedOf('server'),
      /by kubectl apply --server-side: its next run is refused with a conflict/,
    );
    await applied('kustomize-controller', 'flux', { labels: kustomize });
    assert.match(await refusedOf('flux'), /by Flux \(Kustomization flux\/bots\): .* within minutes/);
    await applied('helm-controller', 'release', { labels: released });
    assert.match(await refusedOf('release'), /by Flux \(HelmRelease flux\/bots\): its next upgrade/);
    await applied('argocd-controller', 'argo', { annotations: tracked });
    assert.match(await refusedOf('argo'), /by Argo CD \(Application desk\): it counts as out of sync/);
    await cluster.kubectl(['create', '--field-manager=helm', '-f', '-'], declared('three'));
    assert.match(
      await refusedOf('three'),
      /by Helm .*: where its chart sets the field, the next `helm upgrade` puts/,
    );
    await applied('Terraform', 'other', {});
    assert.match(await refusedOf('other'), /by Terraform: its next server-side apply is refused/);
  });

  it('is silent where nobody declares the field, nothing would change, or people merely edited it', async () => {
    await cluster.kubectl(['apply', '-f', '-'], declared('plain', {}, {}));
    assert.deepEqual(outcomeOf(await stop('plain')), [0, '']);
    await cluster.kubectl(['apply', '-f', '-'], declared('stopped', {}, { powerState: 'Stopped' }));
    assert.deepEqual(outcomeOf(await stop('stopped')), [0, '']);
    const plain = ['apply', '--server-side', '--field-manager=helm', '-f', '-'];
    await cluster.kubectl(plain, declared('defaulted', {}, {}));
    assert.deepEqual(outcomeOf(await stop('defaulted')), [0, '']);
    await cluster.kubectl(['create', '-f', '-'], declared('created'));
    assert.deepEqual(outcomeOf(await stop('created')), [0, '']);
  });
});
