import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { apply, create, mergePatch, replace } from '../../../../../src/adapters/kubernetes/client/apply.ts';
import { failureOf } from '../../../../../src/adapters/kubernetes/client/kube-error.ts';
import { faultOf } from '../../../../../src/ports/port-error.ts';
import type { ApiServer } from '../../support/api-server.ts';
import type { Thing } from '../../support/watched.ts';

const collection = '/api/v1/namespaces/default/configmaps';
const path = (name: string) => `${collection}/${name}`;
const body = (name: string, data: Record<string, string>, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', ...metadata },
  data,
});
const kindOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: unknown) => faultOf(error)?.kind,
  );

/** What apply, merge patch, replace and create do. */
export function writes(api: () => ApiServer): void {
  describe('writes', () => {
    it('apply makes what is not there, removes what it no longer names, leaves what others set', async () => {
      await apply(api().client, path('a'), body('a', { one: '1', two: '2' }));
      const merge = { contentType: 'application/merge-patch+json', query: { fieldManager: 'other' } };
      await api().client.request('PATCH', path('a'), {
        ...merge,
        body: { data: { theirs: '1', two: 'theirs' } },
      });
      const stored = await apply<Thing>(api().client, path('a'), body('a', { two: 'ours' }));
      assert.deepEqual(stored.data, { theirs: '1', two: 'ours' });
    });

    it('apply of the same intent writes nothing', async () => {
      const first = await apply<Thing>(api().client, path('b'), body('b', { one: '1' }));
      const second = await apply<Thing>(api().client, path('b'), body('b', { one: '1' }));
      assert.equal(second.metadata.resourceVersion, first.metadata.resourceVersion);
    });

    it('are refused with a version that has passed', async () => {
      const { metadata } = await create<Thing>(api().client, collection, body('c', { one: '1' }));
      const old = body('c', { one: '3' }, { resourceVersion: metadata.resourceVersion });
      const next = await mergePatch<Thing>(api().client, path('c'), body('c', { one: '2' }));
      assert.equal(await kindOf(apply(api().client, path('c'), old)), 'conflict');
      assert.equal(await kindOf(mergePatch(api().client, path('c'), old)), 'conflict');
      assert.equal(await kindOf(replace(api().client, path('c'), old as unknown as Thing)), 'conflict');
      const replaced = await replace<Thing>(api().client, path('c'), { ...next, data: { only: '1' } });
      assert.deepEqual(replaced.data, { only: '1' });
    });

    it('tell a name that is taken from an object that is gone', async () => {
      const made = await create<Thing>(api().client, collection, body('d', {}));
      const taken = await create(api().client, collection, body('d', {})).catch((error: unknown) => error);
      assert.equal(failureOf(taken)?.status?.reason, 'AlreadyExists');
      await api().client.request('DELETE', path('d'));
      assert.equal(await kindOf(mergePatch(api().client, path('d'), { data: {} })), 'absent');
      assert.equal(await kindOf(api().client.request('GET', path('d'))), 'absent');
      assert.equal(await kindOf(api().client.request('GET', '/apis/clawfleet.dev/v9/things')), 'refused');
      assert.equal(await kindOf(create(api().client, collection, body('No Name', {}))), 'refused');
      assert.ok(made.metadata.uid);
    });
  });
}
