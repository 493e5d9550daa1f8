import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { parseDocument } from 'yaml';
import type { Cluster } from '../support/cluster.ts';
import { at } from '../support/manifest.ts';
import { root } from '../support/render.ts';

const file = join(root, 'crds/clawfleet.dev_bots.yaml');
const specPath = ['spec', 'versions', 0, 'schema', 'openAPIV3Schema', 'properties', 'spec', 'properties'];

/** The definition of a later release: one more optional field, and another one held to fewer values. */
function laterDefinition(): string {
  const document = parseDocument(readFileSync(file, 'utf8'));
  document.setIn([...specPath, 'motto'], { type: 'string', maxLength: 40 });
  document.setIn([...specPath, 'persona', 'enum'], ['tweaker', 'quant_lite']);
  document.setIn([...specPath, 'persona', 'default'], 'tweaker');
  return document.toString();
}

const manifest = (spec: string) => `apiVersion: clawfleet.dev/v1alpha1
kind: Bot
metadata: {name: albatross, namespace: upgrade, finalizers: [clawfleet.dev/droplet]}
spec: ${spec}
`;
const plain = manifest('{accountRef: {name: main}, droplet: {region: ams3}}');
const withMotto = manifest('{accountRef: {name: main}, droplet: {region: ams3}, motto: onward}');
const status = { phase: 'Online', observedGeneration: 1, conditions: [], knownDropletIDs: [41, 42] };

const apply = ['apply', '--server-side', '--force-conflicts', '-f'];

export function upgradesDefinitions(cluster: () => Cluster): void {
  const bot = async (): Promise<unknown> =>
    JSON.parse(await cluster().kubectl(['-n', 'upgrade', 'get', 'bot', 'albatross', '-o', 'json']));

  /** Until the server goes by the definition applied last. */
  async function accepted(yaml: string): Promise<void> {
    for (const until = Date.now() + 10_000; ; ) {
      const { code, stderr } = await cluster().tried([...apply, '-'], yaml);
      if (code === 0) return;
      assert.ok(Date.now() < until, stderr);
    }
  }

  describe('an upgrade of the definitions', () => {
    let first: unknown;

    before(async () => {
      await cluster().kubectl(['create', 'namespace', 'upgrade']);
      await cluster().kubectl([...apply, '-'], plain);
      const patch = JSON.stringify({ status });
      const args = ['-n', 'upgrade', 'patch', 'bot', 'albatross', '--subresource=status', '--type=merge'];
      await cluster().kubectl([...args, '-p', patch]);
      first = await bot();
      assert.deepEqual(at(first, 'status'), status);
    });

    it('keeps every bot as it is, status and finalizer included', async () => {
      const { code } = await cluster().tried([...apply, '-', '--dry-run=server'], withMotto);
      assert.equal(code, 1, 'the field is not known yet');
      await cluster().kubectl([...apply, '-'], laterDefinition());
      assert.deepEqual(await bot(), first);
    });

    it('brings its new field', async () => {
      await accepted(withMotto);
      const after = await bot();
      assert.equal(at(after, 'spec', 'motto'), 'onward');
      assert.equal(at(after, 'metadata', 'uid'), at(first, 'metadata', 'uid'));
      assert.deepEqual(at(after, 'status'), status);
    });

    it('leaves a bot alone whose old value it would refuse now: status and finalizer can be written', async () => {
      assert.equal(at(await bot(), 'spec', 'persona'), 'beginner');
      const patch = async (value: object, ...args: readonly string[]) => {
        const target = ['-n', 'upgrade', 'patch', 'bot', 'albatross', '--type=merge', ...args];
        return cluster().tried([...target, '-p', JSON.stringify(value)]);
      };
      const later = { ...status, observedGeneration: 2 };
      assert.equal((await patch({ status: later }, '--subresource=status')).stderr, '');
      assert.equal((await patch({ status }, '--subresource=status')).stderr, '');
      assert.equal((await patch({ metadata: { finalizers: null } }, '--dry-run=server')).stderr, '');
      const { stderr } = await patch({ spec: { persona: 'expert' } });
      assert.match(stderr, /spec\.persona: Unsupported value: "expert"/);
    });

    it('can be taken back: only the new field goes', async () => {
      await cluster().kubectl(['apply', '--server-side', '--force-conflicts', '-k', join(root, 'crds')]);
      await accepted(plain);
      const after = await bot();
      assert.deepEqual(at(after, 'spec'), at(first, 'spec'));
      assert.equal(at(after, 'metadata', 'uid'), at(first, 'metadata', 'uid'));
      assert.deepEqual(at(after, 'status'), status);
    });
  });
}
