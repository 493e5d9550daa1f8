import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { KubeError } from '../../../../../src/adapters/kubernetes/client/kube-error.ts';
import { patience } from '../../../../lab/patience.ts';
import { TcpProxy } from '../../../../lab/tcp-proxy.ts';
import { until } from '../../../../lab/until.ts';
import { type ApiServer, startApiServer, withoutServers } from '../../support/api-server.ts';
import { clientOf, GivenCredentials, tlsOf } from '../../support/client-of.ts';
import { recordedClient } from '../../support/recorded-client.ts';
import { Things } from '../../support/things.ts';
import { Watched } from '../../support/watched.ts';

describe('Reflector on a real API server', withoutServers, () => {
  let api: ApiServer;
  before(async () => {
    api = await startApiServer();
  });
  after(() => api[Symbol.asyncDispose]());

  /** A client through a proxy that disturbs. */
  const through = (proxy: TcpProxy) => {
    const headers = { authorization: `Bearer ${api.adminToken}` };
    const tls = tlsOf(readFileSync(api.caFile, 'utf8'));
    return recordedClient(clientOf(proxy.url, { credentials: new GivenCredentials({ headers, tls }) }));
  };

  it('tells what is there, then what happens, each once', async () => {
    const things = await Things.in(api.client, 'tells');
    await things.create('a', '1');
    await things.create('b', '1');
    await using watched = new Watched(api.client, things.path);
    assert.equal(watched.reflector.synced, false);
    await watched.reflector.start();
    assert.equal(watched.reflector.synced, true);
    assert.deepEqual(watched.told.sort(), ['a=1', 'b=1']);
    await things.set('a', '2');
    await things.delete('b');
    await things.create('c', '1');
    await watched.knows('c', '1');
    assert.deepEqual(watched.told.slice(2), ['!a=2', '!b', '!c=1']);
    assert.deepEqual(watched.health, []);
  });

  it('keeps no managedFields, and what it is told to keep; finds by index', async () => {
    const things = await Things.in(api.client, 'keeps');
    await things.create('a', '1');
    await using watched = new Watched(api.client, things.path, {
      keep: (object) => ({ ...object, data: { value: `kept ${object.data?.['value']}` } }),
      indexers: { value: ({ data }) => [data?.['value'] ?? ''] },
    });
    await watched.reflector.start();
    await things.create('b', '2');
    await watched.knows('b', 'kept 2');
    const all = [...watched.reflector.objects.values()];
    assert.equal(all.length, 2);
    for (const { metadata, kind } of all) {
      assert.equal('managedFields' in metadata, false);
      assert.equal(kind, 'ConfigMap');
    }
    const [found] = watched.reflector.objects.byIndex('value', 'kept 2');
    assert.equal(found?.metadata.name, 'b');
  });

  it('watches what a selector chooses', async () => {
    const things = await Things.in(api.client, 'selects');
    await things.create('a', '1');
    await using watched = new Watched(api.client, things.path, {
      filterQuery: { fieldSelector: 'metadata.name=b' },
    });
    await watched.reflector.start();
    await things.set('a', '2');
    await things.create('b', '1');
    await watched.knows('b', '1');
    await things.delete('b');
    await watched.knows('b', undefined);
    assert.deepEqual(watched.told, ['!b=1', '!b']);
  });

  it('tells everything again at a resync, without a call', async () => {
    const things = await Things.in(api.client, 'resyncs');
    await things.create('a', '1');
    const client = recordedClient(api.client);
    await using watched = new Watched(client, things.path, { resyncMs: 50 });
    await watched.reflector.start();
    await until('two resyncs', 5_000, 5, () => watched.told.length >= 3);
    assert.deepEqual(new Set(watched.told), new Set(['a=1']));
    assert.deepEqual(client.asked, ['watch-list']);
  });

  it('shows own writes at once and tells nothing of them or of what is older', async () => {
    const things = await Things.in(api.client, 'overlays');
    await things.create('a', '1');
    await using watched = new Watched(api.client, things.path);
    await watched.reflector.start();
    for (let count = 2; count < 20; count += 1) {
      const stored = await things.set('a', String(count));
      watched.reflector.overlay(stored);
      assert.equal(watched.reflector.objects.get('overlays/a')?.data?.['value'], String(count));
    }
    assert.equal('managedFields' in (watched.reflector.objects.get('overlays/a')?.metadata ?? {}), false);
    await things.create('end', '1');
    await watched.knows('end', '1');
    const values = watched.told.filter((each) => each.startsWith('!a=')).map((each) => Number(each.slice(3)));
    assert.deepEqual(
      values,
      [...values].sort((a, b) => a - b),
    );
    assert.equal(watched.reflector.objects.get('overlays/a')?.data?.['value'], '19');
  });

  it('does not take apart the echo of own writes', async () => {
    const things = await Things.in(api.client, 'echoes');
    await things.create('a', '1');
    const kept: string[] = [];
    await using watched = new Watched(api.client, things.path, {
      keep: (object) => {
        kept.push(`${object.metadata.name}=${object.data?.['value']}`);
        return object;
      },
    });
    await watched.reflector.start();
    // As if an own write still to come had been answered already.
    const ahead = await things.set('a', '2');
    const version = String(BigInt(ahead.metadata.resourceVersion) + 1_000_000n);
    watched.reflector.overlay({ ...ahead, metadata: { ...ahead.metadata, resourceVersion: version } });
    await things.set('a', '3');
    await things.create('end', '1');
    await watched.knows('end', '1');
    assert.deepEqual(
      kept.filter((each) => each === 'a=3'),
      [],
    );
  });

  it('says no more of what was buried', async () => {
    const things = await Things.in(api.client, 'buries');
    const made = await things.create('a', '1');
    await using watched = new Watched(api.client, things.path);
    await watched.reflector.start();
    watched.reflector.bury(made);
    await things.set('a', '2');
    await things.delete('a');
    await things.create('a', 'next');
    await watched.knows('a', 'next');
    assert.deepEqual(watched.told, ['a=1', '!a=next']);
  });

  it('goes on when a listener fails', async () => {
    const things = await Things.in(api.client, 'listens');
    const errors: object[] = [];
    const said = () => undefined;
    const log = { debug: said, info: said, warn: said, error: (fields: object) => errors.push(fields) };
    let calls = 0;
    await using watched = new Watched(api.client, things.path, {
      log,
      onChange: () => {
        calls += 1;
        throw new Error('cannot take it');
      },
    });
    await watched.reflector.start();
    await things.create('a', '1');
    await things.create('b', '1');
    await until('both to be told', 5_000, 5, () => calls === 2);
    assert.equal(errors.length, 2);
    assert.deepEqual(watched.health, []);
  });

  it('tells nothing once it is stopped, and leaves no connection', async () => {
    const things = await Things.in(api.client, 'stops');
    await using proxy = await TcpProxy.open(api.url);
    const client = through(proxy);
    const watched = new Watched(client, things.path);
    await watched.reflector.start();
    await things.create('a', '1');
    await watched.knows('a', '1');
    const stopped = watched.reflector.stop();
    await things.create('b', '1');
    await stopped;
    await until('the connection to be closed', 2_000, 5, () => proxy.open === 0);
    assert.deepEqual(watched.told, ['!a=1']);
    assert.deepEqual(watched.health, []);
    await client.close();
  });

  it('may be stopped before it has begun, and while nobody answers', async () => {
    await using proxy = await TcpProxy.open(api.url);
    const client = through(proxy);
    const never = new Watched(client, '/api/v1/configmaps');
    await never.reflector.stop();
    proxy.stall();
    const watched = new Watched(client, '/api/v1/configmaps');
    const started = watched.reflector.start();
    await until('it to ask', 5_000, 5, () => proxy.accepted > 0);
    await watched.reflector.stop();
    await started;
    assert.equal(watched.reflector.synced, false);
    assert.deepEqual([never.told, watched.told], [[], []]);
    await client.close();
  });

  it('is level within 1 s when a server that refused connections is back, and does not list again', async () => {
    const things = await Things.in(api.client, 'refused');
    await things.create('a', '1');
    await using proxy = await TcpProxy.open(api.url);
    const client = through(proxy);
    await using watched = new Watched(client, things.path);
    await watched.reflector.start();
    for (const value of ['2', '3']) {
      await proxy.refuse();
      proxy.cut();
      await things.set('a', value);
      await until('the failure to be told', 5_000, 5, () => (watched.health.at(-1) ?? 'ok') !== 'ok');
      await proxy.accept();
      const before = performance.now();
      await watched.knows('a', value);
      const took = performance.now() - before;
      assert.ok(took < 1_000 * patience, `${took} ms`);
    }
    assert.equal(watched.health.at(-1), 'ok');
    assert.deepEqual(watched.told, ['a=1', '!a=2', '!a=3']);
    assert.equal(client.asked.filter((each) => each !== 'watch').length, 1, client.asked.join());
    await client.close();
  });

  it('takes what it missed once a stalled connection flows again', async () => {
    const things = await Things.in(api.client, 'stalls');
    await using proxy = await TcpProxy.open(api.url);
    const client = through(proxy);
    await using watched = new Watched(client, things.path);
    await watched.reflector.start();
    proxy.stall();
    await things.create('a', '1');
    await things.set('a', '2');
    assert.deepEqual(watched.told, []);
    proxy.flow();
    await watched.knows('a', '2', 1_000);
    assert.deepEqual(watched.told, ['!a=1', '!a=2']);
    await client.close();
  });

  it('takes what it missed when its connection is dead and others live, as soon as a call waits in vain', async () => {
    const things = await Things.in(api.client, 'stranded');
    await using proxy = await TcpProxy.open(api.url);
    const client = through(proxy);
    await using watched = new Watched(client, things.path);
    await watched.reflector.start();
    await client.request('GET', things.path);
    proxy.strand();
    await things.create('a', '1');
    const call = client.request('GET', things.path, { deadlineMs: 20_000 }).catch(() => undefined);
    await watched.knows('a', '1', 10_000);
    assert.deepEqual(watched.told, ['!a=1']);
    assert.deepEqual(watched.health, [], 'nothing is lost by it');
    await client.request('GET', things.path, { deadlineMs: 5_000 });
    await client.close();
    await call;
  });

  it('gives up calls that wait on dead connections once the link is back, and reads in the same second', async () => {
    const things = await Things.in(api.client, 'stranded-calls');
    await using proxy = await TcpProxy.open(api.url);
    const client = through(proxy);
    await client.request('GET', things.path);
    proxy.stall();
    const accepted = proxy.accepted;
    const call = client.request('GET', things.path, { deadlineMs: 60_000 });
    const ended = call.catch((error: KubeError) => error);
    await until('two probes to hang', 10_000, 5, () => proxy.accepted >= accepted + 3);
    proxy.strand();
    const error = await ended;
    assert.ok(error instanceof KubeError && error.failure.stranded, String(error));
    await client.request('GET', things.path, { deadlineMs: 5_000 });
    await client.close();
  });

  it('loses and repeats nothing while connections are cut, delayed and truncated', async () => {
    const things = await Things.in(api.client, 'storm');
    await using proxy = await TcpProxy.open(api.url);
    const client = through(proxy);
    await using watched = new Watched(client, things.path);
    await watched.reflector.start();
    const disturbances = [() => proxy.delay(30), () => proxy.truncate(6_000), () => proxy.truncate(30_000)];
    for (let round = 0; round < 12; round += 1) {
      disturbances[round % 3]?.();
      proxy.cut();
      const name = `thing-${round % 4}`;
      if (watched.known[name] === undefined && round < 4) await things.create(name, '0');
      await things.set(name, String(round));
      if (round > 8) await things.delete(name);
    }
    proxy.truncate(Number.POSITIVE_INFINITY);
    await things.create('end', '1');
    await watched.knows('end', '1', 20_000);
    assert.deepEqual(watched.known, { 'thing-0': '8', end: '1' });
    // Each version is told at most once, in its order.
    for (const each of new Set(watched.told))
      assert.equal(watched.told.filter((told) => told === each).length, 1, watched.told.join());
    await client.close();
  });

  it('is level within 1 s when a killed server is ready again', async () => {
    const things = await Things.in(api.client, 'killed');
    await things.create('a', '1');
    await using watched = new Watched(api.client, things.path);
    await watched.reflector.start();
    await api.apiserver.kill();
    await until('the failure to be told', 5_000, 5, () => watched.health.length === 1);
    api.apiserver.start();
    await api.ready();
    await things.set('a', '2');
    await watched.knows('a', '2', 1_000);
    assert.equal(watched.health.at(-1), 'ok');
    assert.deepEqual(watched.told, ['a=1', '!a=2']);
  });

  it('misses nothing when the store behind the server is killed', async () => {
    const things = await Things.in(api.client, 'store');
    await things.create('a', '1');
    await using watched = new Watched(api.client, things.path);
    await watched.reflector.start();
    await api.etcd.kill();
    api.etcd.start();
    const stored = async () => (await things.set('a', '2').catch(() => undefined)) !== undefined;
    await until('the store to take writes again', 20_000, 20, stored);
    await watched.knows('a', '2', 1_000);
    await things.set('a', '3');
    await watched.knows('a', '3', 1_000);
    assert.deepEqual(watched.told, ['a=1', '!a=2', '!a=3']);
  });

  it('lists again when its version is gone, and tells what went meanwhile', async () => {
    const things = await Things.in(api.client, 'compacted');
    for (const name of ['stays', 'changes', 'goes']) await things.create(name, '1');
    await using proxy = await TcpProxy.open(api.url);
    const client = through(proxy);
    await using watched = new Watched(client, things.path);
    await watched.reflector.start();
    await proxy.refuse();
    proxy.cut();
    await things.set('changes', '2');
    await things.delete('goes');
    await api.compact();
    // Its cache would still have the versions that the store has not.
    await api.apiserver.kill();
    api.apiserver.start();
    await api.ready();
    watched.told.length = 0;
    const before = performance.now();
    await proxy.accept();
    await until('both to be told', 5_000, 2, () => watched.told.length === 2);
    assert.ok(performance.now() - before < 1_000 * patience, `${performance.now() - before} ms`);
    assert.deepEqual(watched.told.sort(), ['!changes=2', '!goes']);
    const asked = client.asked.join(' ');
    // A listing is asked for twice where the search for a new link, begun by the outage, outruns the first.
    assert.match(asked, /watch watch-list( watch-list)?( watch)*$/);
    await client.close();
  });
});
