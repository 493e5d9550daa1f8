import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SecretObject } from '../../../../../src/adapters/kubernetes/source/objects.ts';
import {
  NamespaceSecrets,
  type OnSecret,
} from '../../../../../src/adapters/kubernetes/source/secrets/namespace-secrets.ts';

function secret(name: string, version: string): SecretObject {
  const metadata = {
    namespace: 'ns',
    name,
    uid: name,
    resourceVersion: version,
    creationTimestamp: '2026-01-01T00:00:00Z',
  };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata,
    data: { key: Buffer.from(version).toString('base64') },
  };
}

interface Watch {
  readonly name: string | undefined;
  readonly tell: OnSecret;
  stopped: boolean;
  begun(): void;
}

/** An API server that holds `stored`, and watches that the test speaks for. */
function bed() {
  const stored = new Map<string, SecretObject>();
  const reads: string[] = [];
  const changed: string[] = [];
  const watches: Watch[] = [];
  const unused = new Set<string>();
  const secrets = new NamespaceSecrets({
    read: async (name) => {
      reads.push(name);
      return stored.get(name);
    },
    watch: (name, tell) => {
      const started = Promise.withResolvers<void>();
      const watch: Watch = { name, tell, stopped: false, begun: () => started.resolve() };
      watches.push(watch);
      return {
        started: started.promise,
        stop: () => {
          watch.stopped = true;
        },
      };
    },
    isUsed: (name) => !unused.has(name),
    changed: (name) => changed.push(name),
  });
  const put = (name: string, version: string) => stored.set(name, secret(name, version));
  const version = async (name: string) => (await secrets.get(name))?.metadata.resourceVersion;
  return { secrets, stored, reads, changed, watches, unused, put, version };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('NamespaceSecrets', () => {
  it('reads a Secret until a watch of its name tells of it, and never again', async () => {
    const { put, version, reads, watches } = bed();
    put('a', '1');
    assert.equal(await version('a'), '1');
    assert.equal(await version('a'), '1');
    assert.deepEqual(reads, ['a', 'a']);
    watches[0]?.tell('a', secret('a', '1'));
    assert.equal(await version('a'), '1');
    assert.deepEqual([reads.length, watches.map(({ name }) => name)], [2, ['a']]);
  });

  it('tells of another version than was given out, once, and not of the same', async () => {
    const { put, version, changed, watches } = bed();
    put('a', '1');
    await version('a');
    watches[0]?.tell('a', secret('a', '1'));
    assert.deepEqual(changed, []);
    watches[0]?.tell('a', secret('a', '2'));
    assert.deepEqual([changed, await version('a')], [['a'], '2']);
    watches[0]?.tell('a', undefined);
    assert.deepEqual([changed, await version('a')], [['a', 'a'], undefined]);
  });

  it('tells of a Secret that was missing when it was asked for', async () => {
    const { version, changed, watches, reads } = bed();
    assert.equal(await version('a'), undefined);
    watches[0]?.begun();
    await settled();
    assert.equal(await version('a'), undefined);
    assert.equal(reads.length, 1);
    watches[0]?.tell('a', secret('a', '5'));
    assert.deepEqual([changed, await version('a')], [['a'], '5']);
  });

  it('takes what is told while an answer is under way for newer than the answer', async () => {
    const { secrets, put, watches } = bed();
    put('a', '1');
    const answer = secrets.get('a');
    watches[0]?.tell('a', secret('a', '2'));
    assert.equal((await answer)?.metadata.resourceVersion, '2');
  });

  it('ends the watch of a Secret that nobody refers to any more', async () => {
    const { secrets, put, version, watches } = bed();
    put('a', '1');
    await version('a');
    secrets.forget('a');
    assert.equal(watches[0]?.stopped, true);
  });

  it('watches many by one watch, and keeps the single ones until that has begun', async () => {
    const { put, version, watches, reads, changed } = bed();
    const names = Array.from({ length: 20 }, (_, index) => `s${index}`);
    for (const name of names) {
      put(name, '1');
      await version(name);
    }
    const wide = watches.find(({ name }) => name === undefined) ?? assert.fail();
    assert.equal(watches.length, 9);
    assert.ok(watches.every(({ stopped }) => !stopped));
    for (const name of names) wide.tell(name, secret(name, '1'));
    wide.begun();
    await settled();
    assert.deepEqual(
      watches.filter(({ stopped }) => !stopped),
      [wide],
    );
    const before = reads.length;
    for (const name of names) await version(name);
    assert.deepEqual([reads.length, changed], [before, []]);
    wide.tell('s7', secret('s7', '2'));
    assert.deepEqual([changed, await version('s7')], [['s7'], '2']);
  });

  it('keeps nothing of what nobody refers to, and reads it when somebody does', async () => {
    const { secrets, put, version, watches, reads, unused } = bed();
    for (let index = 0; index < 10; index += 1) await version(`s${index}`);
    const wide = watches.find(({ name }) => name === undefined) ?? assert.fail();
    unused.add('other');
    wide.tell('other', secret('other', '1'));
    wide.begun();
    await settled();
    put('other', '1');
    unused.delete('other');
    assert.equal((await secrets.get('other'))?.metadata.resourceVersion, '1');
    assert.equal(reads.at(-1), 'other');
    const before = reads.length;
    await version('other');
    assert.equal(reads.length, before);
  });

  it('an older telling of a second watch takes nothing back', async () => {
    const { put, version, watches } = bed();
    put('a', '2');
    await version('a');
    watches[0]?.tell('a', secret('a', '3'));
    watches[0]?.tell('a', secret('a', '2'));
    assert.equal(await version('a'), '3');
  });
});
