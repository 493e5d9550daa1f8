import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect as connectTo } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { KubeClient } from '../../../../src/adapters/kubernetes/client/kube-client.ts';
import { failureOf, type KubeError } from '../../../../src/adapters/kubernetes/client/kube-error.ts';
import type { FaultKind } from '../../../../src/ports/port-error.ts';
import { selfSigned } from '../../../lab/certificate.ts';
import { patience } from '../../../lab/patience.ts';
import { until } from '../../../lab/until.ts';
import { type ClientOptions, clientOf, GivenCredentials, tlsOf } from '../support/client-of.ts';
import { type Answer, json, TlsServer } from '../support/tls-server.ts';

const certificate = selfSigned('api');
const path = '/api/v1/namespaces/default/configmaps';
const fine: Answer = (_request, response) => json(response, 200, { kind: 'ConfigMap' });
const credentialsOf = (token = 'first', ca: string | undefined = certificate.cert) =>
  new GivenCredentials({ headers: { authorization: `Bearer ${token}` }, tls: tlsOf(ca) });

describe('calls of the API server', () => {
  let server: TlsServer;
  const clients: KubeClient[] = [];
  const open = (options: Partial<ClientOptions> = {}): KubeClient => {
    const client = clientOf(server.url, { credentials: credentialsOf(), ...options });
    clients.push(client);
    return client;
  };

  before(async () => {
    server = await TlsServer.listen(certificate, fine);
  });
  beforeEach(async () => {
    for (const client of clients.splice(0)) await client.close();
    server.answer = fine;
    server.rotate(certificate);
    server.requests.length = 0;
    server.connections = 0;
  });
  after(async () => {
    for (const client of clients) await client.close();
    await server[Symbol.asyncDispose]();
  });

  const failed = async (call: Promise<unknown>, kind: FaultKind): Promise<KubeError> => {
    const error = await call.then(
      () => assert.fail(`it should have failed with ${kind}`),
      (caught: unknown) => caught as KubeError,
    );
    assert.equal(error.fault?.kind, kind, error.message);
    return error;
  };

  it('share two connections one after another, and few at once', async () => {
    const client = open();
    for (let count = 0; count < 150; count += 1) await client.request('GET', path);
    // The next call leaves a moment before the connection of the last one is free.
    assert.ok(server.connections <= 2, `${server.connections} connections`);
    const callers = Array.from({ length: 16 }, async () => {
      for (let count = 0; count < 10; count += 1) await client.request('GET', path);
    });
    await Promise.all(callers);
    assert.equal(server.requests.length, 310);
    assert.ok(server.connections <= 32, `${server.connections} connections`);
  });

  it('never use more than 64 connections', async () => {
    const client = open();
    server.answer = (_request, response) => setTimeout(() => json(response, 200, {}), 5);
    await Promise.all(Array.from({ length: 200 }, () => client.request('GET', path)));
    assert.equal(server.connections, 64);
  });

  it('send body, content type, query and who they are', async () => {
    server.answer = (request, response, body) =>
      json(response, 200, { url: request.url, headers: request.headers, method: request.method, body });
    const query = { fieldManager: 'a b', force: true, left: undefined };
    const options = { query, body: { ä: 1 }, contentType: 'application/merge-patch+json' };
    const echo = await open().request<{ url: string; method: string; body: string; headers: object }>(
      'PATCH',
      path,
      options,
    );
    assert.equal(echo.url, `${path}?fieldManager=a+b&force=true`);
    assert.deepEqual([echo.method, echo.body], ['PATCH', '{"ä":1}']);
    const { authorization, accept, ...headers } = echo.headers as Record<string, string>;
    assert.deepEqual([authorization, accept], ['Bearer first', 'application/json']);
    assert.equal(headers['content-type'], 'application/merge-patch+json');
    assert.equal(headers['user-agent'], 'test');
  });

  it('are told to the observer, with <error> where no answer came', async () => {
    const seen: string[] = [];
    const client = open({ observer: { request: (...labels) => seen.push(labels.join(' ')) } });
    await client.request('GET', path);
    server.answer = (request) => request.socket.destroy();
    await failed(client.request('PUT', path, { body: {} }), 'doubtful');
    assert.deepEqual(seen, [`GET 200 ${client.host}`, `PUT <error> ${client.host}`]);
  });

  const refusals: readonly (readonly [number, object, FaultKind])[] = [
    [400, {}, 'refused'],
    [401, {}, 'unauthorised'],
    [403, { reason: 'Forbidden' }, 'refused'],
    [404, { details: { name: 'a' } }, 'absent'],
    [404, {}, 'refused'],
    [409, { reason: 'Conflict' }, 'conflict'],
    [410, { reason: 'Expired' }, 'refused'],
    [422, { reason: 'Invalid' }, 'refused'],
    [429, {}, 'rateLimited'],
    [500, {}, 'doubtful'],
    [500, { message: 'etcdserver: mvcc: database space exceeded' }, 'full'],
    [503, {}, 'doubtful'],
    [302, {}, 'doubtful'],
  ];
  for (const [status, details, kind] of refusals) {
    it(`answered ${status} ${JSON.stringify(details)} are ${kind}`, async () => {
      server.answer = (_request, response) => json(response, status, { kind: 'Status', ...details });
      const error = await failed(open().request('PUT', path, { body: {} }), kind);
      assert.equal(error.failure.httpStatus, status);
      assert.equal(server.requests.length, 1);
    });
  }

  it('that read are unavailable when the server fails, whatever the page says', async () => {
    server.answer = (_request, response) => response.writeHead(502).end('<html>bad gateway');
    const error = await failed(open().request('GET', path), 'unavailable');
    assert.match(error.message, /GET \/api\/v1\/.*: HTTP 502/);
  });

  it('with refused credentials are sent once more with fresh ones', async () => {
    server.answer = (request, response) =>
      json(response, request.headers.authorization === 'Bearer second' ? 200 : 401, { kind: 'Status' });
    const credentials = credentialsOf();
    credentials.next = credentialsOf('second').given;
    await open({ credentials }).request('POST', path, { body: {} });
    assert.equal(credentials.renewals, 1);
    assert.equal(server.requests.length, 2);
  });

  it('give up when fresh credentials are refused, too', async () => {
    server.answer = (_request, response) => json(response, 401, { kind: 'Status' });
    const credentials = credentialsOf();
    credentials.next = credentialsOf('second').given;
    await failed(open({ credentials }).request('GET', path), 'unauthorised');
    assert.equal(server.requests.length, 2);
  });

  it('that read wait as long as a 429 asks for', async () => {
    server.answer = (_request, response) => {
      if (server.requests.length > 1) json(response, 200, {});
      else json(response, 429, {}, { 'retry-after': '1' });
    };
    const before = performance.now();
    await open().request('GET', path);
    assert.ok(performance.now() - before >= 990);
    assert.equal(server.requests.length, 2);
  });

  it('do not wait beyond their deadline, nor do writes at all', async () => {
    server.answer = (_request, response) => json(response, 429, {}, { 'retry-after': '3' });
    const read = await failed(open().request('GET', path, { deadlineMs: 1_000 }), 'rateLimited');
    const write = await failed(open().request('POST', path, { body: {} }), 'rateLimited');
    assert.deepEqual([read.failure.retryAfterMs, write.failure.retryAfterMs], [3_000, 3_000]);
    const { until: time } = read.fault as { until: number };
    assert.ok(Math.abs(time - Date.now() - 3_000) < 500 * patience);
    assert.equal(server.requests.length, 2);
  });

  it('end at their deadline: reads unavailable, writes in doubt', async () => {
    server.answer = () => undefined;
    const client = open();
    const before = performance.now();
    const both = [
      failed(client.request('GET', path, { deadlineMs: 100 }), 'unavailable'),
      failed(client.request('POST', path, { body: {}, deadlineMs: 100 }), 'doubtful'),
    ];
    const [read] = await Promise.all(both);
    assert.ok(performance.now() - before < 2_000 * patience);
    assert.match(read?.message ?? '', /no answer within 0.1 s/);
    assert.equal(read?.failure.httpStatus, 0);
  });

  it('that their caller breaks off close the connection', async () => {
    const asked = Promise.withResolvers<void>();
    server.answer = () => asked.resolve();
    const abort = new AbortController();
    const call = failed(open().request('GET', path, { signal: abort.signal }), 'unavailable');
    await asked.promise;
    abort.abort(new Error('not wanted'));
    assert.match((await call).message, /not wanted/);
    await until('the connection to be closed', 2_000, 5, () => server.open === 0);
  });

  it('fail when the answer is cut off', async () => {
    server.answer = (request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"kind":');
      setTimeout(() => request.socket.destroy(), 20);
    };
    await failed(open().request('GET', path), 'unavailable');
    await failed(open().request('DELETE', path), 'doubtful');
  });

  it('fail when a whole answer is no JSON', async () => {
    server.answer = (_request, response) => response.end('{"kind":');
    await failed(open().request('GET', path), 'unavailable');
    await failed(open().request('PUT', path, { body: {} }), 'doubtful');
  });

  it('are sent at most once, even on a connection that dies under them', async () => {
    const client = open();
    await client.request('GET', path);
    server.answer = (request) => request.socket.destroy();
    await failed(client.request('POST', path, { body: {} }), 'doubtful');
    assert.deepEqual(server.requests, [`GET ${path}`, `POST ${path}`]);
  });

  it('know that nothing was sent when nobody listens or the certificate is wrong', async () => {
    const nowhere = clientOf('https://127.0.0.1:1', { credentials: credentialsOf() });
    clients.push(nowhere);
    await failed(nowhere.request('POST', path, { body: {} }), 'unavailable');
    const credentials = credentialsOf('first', selfSigned('other').cert);
    const untrusted = await failed(open({ credentials }).request('POST', path, { body: {} }), 'unavailable');
    assert.match(untrusted.message, /self-signed|certificate/);
    assert.deepEqual(server.requests, []);
  });

  it('check the name that they are told to expect, or nothing when told so', async () => {
    const named = (serverName: string) =>
      new GivenCredentials({ headers: {}, tls: tlsOf(certificate.cert, { serverName }) });
    await open({ credentials: named('localhost') }).request('GET', path);
    const wrong = open({ credentials: named('elsewhere.example') });
    assert.match((await failed(wrong.request('GET', path), 'unavailable')).message, /elsewhere\.example/);
    const insecure = new GivenCredentials({ headers: {}, tls: tlsOf(undefined, { insecure: true }) });
    await open({ credentials: insecure }).request('GET', path);
  });

  it('go on under rotated certificates, while what is under way ends on the old connection', async () => {
    const next = selfSigned('api');
    const credentials = credentialsOf();
    const client = open({ credentials });
    const slow = Promise.withResolvers<() => void>();
    server.answer = (_request, response) => slow.resolve(() => json(response, 200, { old: true }));
    const underWay = client.request('GET', path);
    const finish = await slow.promise;
    server.answer = fine;
    server.rotate(next);
    credentials.given = { headers: {}, tls: tlsOf(next.cert) };
    const before = server.connections;
    await client.request('GET', path);
    assert.equal(server.connections, before + 1);
    finish();
    assert.deepEqual(await underWay, { old: true });
    await until('the old connection to be closed', 2_000, 5, () => server.open === 1);
  });

  it('tell the items of a list one by one', async () => {
    const items = Array.from({ length: 2_000 }, (_, at) => ({ metadata: { name: `ü${at}` }, items: [{}] }));
    const list = { kind: 'ConfigMapList', items, metadata: { resourceVersion: '7', items: '[{' } };
    server.answer = (_request, response) => json(response, 200, list);
    const told: unknown[] = [];
    const rest = await open().request('GET', path, { onItem: (item) => told.push(item) });
    assert.deepEqual(told, items);
    assert.deepEqual(rest, { ...list, items: [] });
  });

  it('fail when a list is cut off between two items', async () => {
    server.answer = (_request, response) => response.end('{"kind":"List","items":[{"a":1},');
    await failed(open().request('GET', path, { onItem: () => undefined }), 'unavailable');
  });

  it('go through an HTTP proxy', async () => {
    const targets: string[] = [];
    const proxy = createHttpServer().listen(0, '127.0.0.1');
    proxy.on('connect', (request, socket) => {
      targets.push(request.url ?? '');
      const [host, port] = (request.url ?? '').split(':');
      const beyond = connectTo(Number(port), host ?? '', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(beyond).pipe(socket);
      });
      beyond.once('error', () => socket.destroy());
      socket.once('error', () => beyond.destroy());
    });
    await once(proxy, 'listening');
    const proxyURL = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const client = open({ proxyURL });
    for (let count = 0; count < 10; count += 1) await client.request('GET', path);
    await client.close();
    proxy.close();
    assert.ok(targets.length <= 2, `${targets.length} tunnels`);
    assert.equal(targets[0], new URL(server.url).host);
  });

  it('fail once the client is closed', async () => {
    const client = open();
    await client.request('GET', path);
    await client.close();
    assert.equal(failureOf(await failed(client.request('GET', path), 'unavailable'))?.httpStatus, 0);
    assert.equal(server.requests.length, 1);
  });
});
