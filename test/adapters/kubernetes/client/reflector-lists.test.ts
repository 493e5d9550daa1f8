import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { until } from '../../../lab/until.ts';
import { type ApiServer, startApiServer, withoutServers } from '../support/api-server.ts';
import { recordedClient } from '../support/recorded-client.ts';
import { Things } from '../support/things.ts';
import { Watched } from '../support/watched.ts';

describe('Reflector on a server that cannot list by watch', withoutServers, () => {
  let api: ApiServer;
  before(async () => {
    api = await startApiServer({ apiserverFlags: ['--feature-gates=WatchList=false'] });
  });
  after(() => api[Symbol.asyncDispose]());

  it('lists what the server has at hand, then watches from there', async () => {
    const things = await Things.in(api.client, 'lists');
    await things.create('a', '1');
    const client = recordedClient(api.client);
    await using watched = new Watched(client, things.path);
    await watched.reflector.start();
    await things.set('a', '2');
    await watched.knows('a', '2');
    assert.deepEqual(watched.told, ['a=1', '!a=2']);
    assert.deepEqual(client.asked, ['watch-list', 'list', 'watch']);
    assert.equal(client.queries[1]?.['resourceVersion'], '0');
    assert.deepEqual(watched.health, []);
    assert.equal(watched.reflector.objects.get('lists/a')?.kind, 'ConfigMap');
  });

  it('takes a store restored from a backup, whose versions are lower and whose uids are new', async () => {
    const things = await Things.in(api.client, 'restored');
    for (const name of ['a', 'b', 'lost']) await things.create(name, 'before');
    // Versions go on, so that the restored store will be behind.
    for (let count = 0; count < 400; count += 1) await things.set('a', String(count));
    const client = recordedClient(api.client);
    await using watched = new Watched(client, things.path);
    await watched.reflector.start();
    const before = watched.reflector.objects.get('restored/b')?.metadata;
    await Promise.all([api.apiserver.kill(), api.etcd.kill()]);
    rmSync(join(dirname(api.kubeconfig), 'etcd'), { recursive: true });
    api.etcd.start();
    api.apiserver.start();
    await api.ready();
    const restored = await Things.in(api.client, 'restored');
    await restored.create('a', 'after');
    await restored.create('b', 'after');
    await watched.knows('b', 'after');
    await watched.knows('lost', undefined);
    await until('all to be told', 5_000, 5, () => watched.known['a'] === 'after');
    assert.deepEqual(watched.known, { a: 'after', b: 'after' });
    const now = watched.reflector.objects.get('restored/b')?.metadata;
    assert.notEqual(now?.uid, before?.uid);
    assert.ok(
      Number(now?.resourceVersion) < Number(before?.resourceVersion),
      'the test needs versions to go back',
    );
    await restored.set('a', 'goes on');
    await watched.knows('a', 'goes on', 1_000);
  });

  it('never stops the rest of the process for a long list', async () => {
    const things = await Things.in(api.client, 'many');
    const text = 'x'.repeat(4_000);
    let made = 0;
    const makers = Array.from({ length: 16 }, async () => {
      while (made < 2_000) {
        made += 1;
        await things.create(`thing-${made}`, text);
      }
    });
    await Promise.all(makers);
    await using watched = new Watched(api.client, things.path);
    const longest = longestTurn();
    await watched.reflector.start();
    const turn = longest();
    assert.equal(watched.reflector.objects.size, made);
    assert.ok(turn < 80, `${turn} ms of 2,000 objects`);
  });
});

/** Returns what tells the longest turn of the event loop since, in ms of this thread's CPU time. */
function longestTurn(): () => number {
  let longest = 0;
  let before = cpuMs();
  let timer = setImmediate(next);
  function next() {
    const now = cpuMs();
    longest = Math.max(longest, now - before);
    before = now;
    timer = setImmediate(next);
  }
  return () => {
    clearImmediate(timer);
    return longest;
  };
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
