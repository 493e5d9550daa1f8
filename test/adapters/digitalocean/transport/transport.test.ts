import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import test from 'node:test';
import { Exchange } from '../../../../src/adapters/digitalocean/transport/exchange.ts';
import { TransportError } from '../../../../src/adapters/digitalocean/transport/transport.ts';
import { undiciTransport } from '../../../../src/adapters/digitalocean/transport/undici-transport.ts';
import { faultOf } from '../../../../src/ports/port-error.ts';
import { patience } from '../../../lab/patience.ts';
import { cloudAt, fakeApi, REQUEST, rawApi, type Seen, TOKEN, wireDroplet } from '../fake-api.ts';

const create = { class: 'create' } as const;

async function kindOf(call: Promise<unknown>): Promise<string | undefined> {
  return call.then(
    () => 'ok',
    (error: unknown) => faultOf(error)?.kind,
  );
}

/** A port on which nobody listens. */
async function deadPort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('a refused connection: the create certainly was not sent', async (t) => {
  const { cloud } = cloudAt(t, `http://127.0.0.1:${await deadPort()}`);
  assert.equal(await kindOf(cloud.createDroplet(REQUEST, create)), 'unavailable');
});

test('a host name that does not resolve: the create certainly was not sent', async (t) => {
  const { cloud } = cloudAt(t, 'http://no-such-host.invalid');
  assert.equal(await kindOf(cloud.createDroplet(REQUEST, create)), 'unavailable');
});

test('a TLS handshake that fails: the create certainly was not sent', async (t) => {
  const api = await fakeApi(t, () => ({ status: 200 }));
  const { cloud } = cloudAt(t, api.url.replace('http:', 'https:'));
  assert.equal(await kindOf(cloud.createDroplet(REQUEST, create)), 'unavailable');
  assert.equal(api.seen.length, 0);
});

test('a deadline that passes while every connection is taken: the second create was not sent', async (t) => {
  const seen: Seen[] = [];
  const api = await rawApi(t, seen, () => {});
  const transport = undiciTransport({ apiURL: api.url, connections: 1 });
  t.after(() => transport.close());
  const send = (signal: AbortSignal) =>
    transport.send({ method: 'POST', path: '/', headers: {}, body: '{}', signal, deadlineMs: 1000 });
  const fate = (call: Promise<unknown>) =>
    call.catch((error: unknown) => (error instanceof TransportError ? error.maybeSent : error));
  const first = new AbortController();
  const second = new AbortController();
  const both = [fate(send(first.signal)), fate(send(second.signal))];
  await new Promise((resolve) => setTimeout(resolve, 50));
  second.abort(new Error('late'));
  first.abort(new Error('late'));
  assert.deepEqual(await Promise.all(both), [true, false]);
});

test('a connection cut after the request: a create is in doubt and sent once, a read is repeated', async (t) => {
  let requests = 0;
  const api = await rawApi(t, [], (request) => {
    requests += 1;
    request.resume();
    request.on('end', () => request.socket.destroy());
  });
  const { cloud } = cloudAt(t, api.url, { readRetries: 1 });
  assert.equal(await kindOf(cloud.createDroplet(REQUEST, create)), 'doubtful');
  assert.equal(requests, 1);
  assert.equal(await kindOf(cloud.deleteDroplet(1, create)), 'doubtful');
  assert.equal(requests, 2);
  assert.equal(await kindOf(cloud.getDroplet(1, create)), 'unavailable');
  assert.equal(requests, 4);
});

test('a request on a connection that the server closed between two calls is not sent twice', async (t) => {
  let bodies = 0;
  const api = await rawApi(t, [], (request, response) => {
    request.resume();
    request.on('end', () => {
      bodies += 1;
      response.writeHead(202, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ droplet: wireDroplet(bodies) }));
      // Gone without notice: the next request may meet a dead connection.
      setImmediate(() => request.socket.destroy());
    });
  });
  const { cloud } = cloudAt(t, api.url);
  const kinds: (string | undefined)[] = [];
  for (let index = 0; index < 20; index++) kinds.push(await kindOf(cloud.createDroplet(REQUEST, create)));
  const known = kinds.filter((kind) => kind === 'ok').length;
  assert.ok(bodies <= 20, `${bodies} creates arrived for 20 calls`);
  assert.ok(known <= bodies);
  assert.ok(kinds.every((kind) => kind === 'ok' || kind === 'doubtful' || kind === 'unavailable'));
});

test('headers that never come end with the deadline', async (t) => {
  const api = await rawApi(t, [], () => {});
  const { cloud } = cloudAt(t, api.url, { readDeadlineMs: 150, mutationDeadlineMs: 150 });
  const start = performance.now();
  assert.equal(await kindOf(cloud.createDroplet(REQUEST, create)), 'doubtful');
  assert.equal(await kindOf(cloud.getDroplet(1, create)), 'unavailable');
  const took = performance.now() - start;
  assert.ok(took > 250 && took < 2000 * patience, `${took} ms`);
});

test('a body that stalls half way ends with the deadline: the create is in doubt', async (t) => {
  const api = await rawApi(t, [], (_request, response) => {
    response.writeHead(202, { 'content-type': 'application/json', 'content-length': '500' });
    response.write('{"droplet":');
  });
  const { cloud } = cloudAt(t, api.url, { readDeadlineMs: 150, mutationDeadlineMs: 150 });
  assert.equal(await kindOf(cloud.createDroplet(REQUEST, create)), 'doubtful');
  assert.equal(await kindOf(cloud.getDroplet(1, create)), 'unavailable');
});

test('a body that is cut half way: the create is in doubt', async (t) => {
  const api = await rawApi(t, [], (request, response) => {
    response.writeHead(202, { 'content-type': 'application/json', 'content-length': '500' });
    response.write('{"droplet":', () => request.socket.destroy());
  });
  const { cloud } = cloudAt(t, api.url, { readRetries: 0 });
  assert.equal(await kindOf(cloud.createDroplet(REQUEST, create)), 'doubtful');
  assert.equal(await kindOf(cloud.getDroplet(1, create)), 'unavailable');
});

test('an answer that is not HTTP leaves a create in doubt', async (t) => {
  const server = createTcpServer((socket) => {
    socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const { cloud } = cloudAt(t, `http://127.0.0.1:${port}`);
  assert.equal(await kindOf(cloud.createDroplet(REQUEST, create)), 'doubtful');
});

test('the caller aborts a call: in doubt when it may have been sent, unavailable when not', async (t) => {
  const api = await rawApi(t, [], () => {});
  const { cloud } = cloudAt(t, api.url, { limits: { concurrency: 1 } });
  const sent = new AbortController();
  const waiting = new AbortController();
  const start = performance.now();
  const first = kindOf(cloud.createDroplet(REQUEST, { ...create, signal: sent.signal }));
  const second = kindOf(cloud.createDroplet(REQUEST, { ...create, signal: waiting.signal }));
  await new Promise((resolve) => setTimeout(resolve, 50));
  waiting.abort();
  assert.equal(await second, 'unavailable');
  sent.abort();
  assert.equal(await first, 'doubtful');
  assert.ok(performance.now() - start < 5000 * patience, 'the signal ends it, not the deadline');
  const third = cloud.createDroplet(REQUEST, { ...create, signal: AbortSignal.abort() });
  assert.equal(await kindOf(third), 'unavailable');
});

test('connections are kept alive and bounded', async (t) => {
  const api = await fakeApi(t, () => ({ status: 200, body: { droplet: wireDroplet(1) } }));
  const { cloud } = cloudAt(t, api.url, { limits: { concurrency: 3 } });
  await Promise.all(Array.from({ length: 60 }, () => cloud.getDroplet(1, create)));
  assert.equal(api.seen.length, 60);
  assert.ok(api.sockets.size <= 3, `${api.sockets.size} connections`);
});

test('a request carries the token, the agent, and a body only where there is one', async (t) => {
  const api = await fakeApi(t, ({ method }) =>
    method === 'POST' ? { status: 202, body: { droplet: wireDroplet(1) } } : { status: 204 },
  );
  const { cloud } = cloudAt(t, `${api.url}/prefix/`);
  await cloud.createDroplet(REQUEST, create);
  await cloud.deleteDroplet(1, create);
  const [post, remove] = api.seen;
  assert.equal(post?.url, '/prefix/v2/droplets');
  assert.equal(post?.headers.authorization, `Bearer ${TOKEN}`);
  assert.equal(post?.headers['user-agent'], 'clawfleet/test');
  assert.equal(post?.headers['content-type'], 'application/json');
  assert.deepEqual(JSON.parse(post?.body ?? ''), {
    name: 'openclaw-bot-1',
    region: 'nyc3',
    size: 's-1vcpu-1gb',
    image: 'ubuntu-24-04-x64',
    ssh_keys: [12345, '3b:16:bf:e4'],
    backups: false,
    ipv6: false,
    monitoring: true,
    tags: ['openclaw', 'bot-1'],
    user_data: '#!/bin/sh\n',
  });
  assert.equal(remove?.url, '/prefix/v2/droplets/1');
  assert.equal(remove?.headers['content-type'], undefined);
});

test('an answer in many pieces is read whole, characters that are cut in two as well', async () => {
  const text = JSON.stringify({ name: 'Zürich 日本 🦞' });
  const exchange = new Exchange(new AbortController().signal);
  const controller = { abort: () => assert.fail('broken off') } as unknown as Parameters<
    Exchange['onRequestStart']
  >[0];
  exchange.onRequestStart(controller);
  exchange.onResponseStart(controller, 200, {});
  for (const byte of Buffer.from(text)) exchange.onResponseData(controller, Buffer.of(byte));
  exchange.onResponseEnd();
  assert.equal((await exchange.response).body, text);
});

test('an interim answer is not the answer', async (t) => {
  const api = await rawApi(t, [], (_request, response) => {
    response.writeEarlyHints({ link: '</a>; rel=preload' });
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ droplet: wireDroplet(1) }));
  });
  const { cloud } = cloudAt(t, api.url);
  assert.equal((await cloud.getDroplet(1, create)).id, 1);
});

test('closing the clouds aborts calls under way', async (t) => {
  const api = await rawApi(t, [], () => {});
  const { cloud, clouds } = cloudAt(t, api.url, { readRetries: 0 });
  const call = kindOf(cloud.createDroplet(REQUEST, create));
  await new Promise((resolve) => setTimeout(resolve, 50));
  await clouds.close();
  assert.equal(await call, 'doubtful');
});

test('a client library that begins to send a request a second time is stopped: it may have arrived', async () => {
  const exchange = new Exchange(new AbortController().signal);
  const aborted: Error[] = [];
  const controller = {
    aborted: false,
    paused: false,
    reason: null,
    abort(reason: Error) {
      aborted.push(reason);
      exchange.onResponseError(null, reason);
    },
    pause() {},
    resume() {},
  };
  exchange.onRequestStart(controller);
  assert.equal(aborted.length, 0);
  exchange.onRequestStart(controller);
  assert.equal(aborted.length, 1);
  await assert.rejects(exchange.response, (error) => error instanceof TransportError && error.maybeSent);
});

test('a token gives the same cloud until it is released; calls under way come to their end', async (t) => {
  const api = await fakeApi(t, async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return { status: 202, body: { droplet: wireDroplet(7) } };
  });
  const { clouds } = cloudAt(t, api.url);
  const first = clouds.forToken('theirs');
  assert.equal(clouds.forToken('theirs'), first);
  const call = first.createDroplet(REQUEST, create);
  clouds.release(first);
  assert.equal((await call).id, 7);
  assert.notEqual(clouds.forToken('theirs'), first);
});
