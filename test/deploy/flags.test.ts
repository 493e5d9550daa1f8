import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import { newDirectory } from '../cli/clawfleet.ts';
import { inProcess } from '../cli/in-process.ts';
import { listAt, type Manifest, only } from './support/manifest.ts';
import { rendered, renderedChart, renderedWith } from './support/render.ts';
import { withoutTools } from './support/tool.ts';

const allValues =
  'logLevel=debug,watchNamespaces={desk,lab},controlPlaneURL=https://bots.example.com,trustedProxies={10.0.0.0/8}';

const sources: Readonly<Record<string, () => Promise<readonly Manifest[]>>> = {
  'deploy/kubernetes': () => rendered('deploy/kubernetes'),
  'the example of an overlay': () => rendered('deploy/examples/overlay'),
  'the example with the bot API': () => rendered('deploy/examples/bot-api'),
  'the component metrics-per-bot': () => renderedWith('metrics-per-bot'),
  'the chart': () => renderedChart(),
  'the chart with all its flags': () =>
    renderedChart('--set', `${allValues},metricsPerBot=true,extraArgs={--orphans=delete}`),
};

/** The ports of the manifests may be taken where the tests run. */
function onFreePort(arg: unknown): string {
  return String(arg).replace(/listen=:\d+$/, 'listen=127.0.0.1:0');
}

describe('the program', withoutTools, () => {
  const cwd = newDirectory();
  after(() => rmSync(cwd, { recursive: true, force: true }));

  for (const [name, manifests] of Object.entries(sources)) {
    it(`takes the arguments that ${name} gives it`, async () => {
      const container = ['spec', 'template', 'spec', 'containers', 0] as const;
      const args = listAt(only(await manifests(), 'Deployment'), ...container, 'args').map(onFreePort);
      const nowhere = ['--kubeconfig', '/nowhere/kubeconfig'];
      const env = { DIGITALOCEAN_ACCESS_TOKEN: 'test', DIGITALOCEAN_API_URL: 'http://127.0.0.1:9' };
      const { code, stderr } = await inProcess([...args, ...nowhere], { cwd, env });
      // All arguments are read before the cluster is looked for.
      assert.match(stderr, /\/nowhere\/kubeconfig/);
      assert.notEqual(code, 0);
    });
  }
});
