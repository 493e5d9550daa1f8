import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createServer as createTLSServer } from 'node:https';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import tls from 'node:tls';
import { faultOf } from '../../../src/ports/port-error.ts';
import { selfSigned } from '../../lab/certificate.ts';
import { cloudAt, REQUEST, wireDroplet } from './fake-api.ts';

const host = 'api.digitalocean.example';
const options = { class: 'create' } as const;

async function listening(t: TestContext, server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

/** An API at `host` over TLS, which this process trusts; it notes what it was asked. */
async function secureAPI(t: TestContext): Promise<{ port: number; seen: string[] }> {
  const certificate = selfSigned('test', host);
  const before = tls.getCACertificates('default');
  tls.setDefaultCACertificates([...before, certificate.cert]);
  t.after(() => tls.setDefaultCACertificates(before));
  const seen: string[] = [];
  const server = createTLSServer(certificate, (request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.host}`);
    request.resume().on('end', () => {
      response.writeHead(202, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ droplet: wireDroplet(7) }));
    });
  });
  return { port: await listening(t, server), seen };
}

interface ProxyRig {
  readonly url: string;
  readonly connects: { target: string; authorization: string | undefined }[];
}

/** A proxy that answers CONNECT with `status` and leads every tunnel to `port`. */
async function proxyTo(t: TestContext, port: number, status: number | 'silence' = 200): Promise<ProxyRig> {
  const connects: ProxyRig['connects'] = [];
  const server = createServer();
  server.on('connect', (request, client: Socket) => {
    connects.push({ target: request.url ?? '', authorization: request.headers['proxy-authorization'] });
    client.on('error', () => {});
    if (status === 'silence') return;
    client.write(`HTTP/1.1 ${status} Tunnel\r\n\r\n`);
    if (status !== 200) {
      client.end();
      return;
    }
    const upstream = connect(port, '127.0.0.1');
    upstream.on('error', () => client.destroy());
    client.pipe(upstream).pipe(client);
  });
  return { url: `http://127.0.0.1:${await listening(t, server)}`, connects };
}

test('calls go through the proxy, its user and password with them', async (t) => {
  const api = await secureAPI(t);
  const proxy = await proxyTo(t, api.port);
  const route = { url: proxy.url.replace('//', '//me:pass%20word@'), except: '' };
  const { cloud } = cloudAt(t, `https://${host}`, { proxy: route, limits: { concurrency: 1 } });
  assert.equal((await cloud.createDroplet(REQUEST, options)).id, 7);
  assert.equal((await cloud.createDroplet(REQUEST, options)).id, 7);
  const authorization = `Basic ${Buffer.from('me:pass word').toString('base64')}`;
  assert.deepEqual(proxy.connects, [{ target: `${host}:443`, authorization }]);
  assert.deepEqual(api.seen, [`POST /v2/droplets ${host}`, `POST /v2/droplets ${host}`]);
});

test('a proxy that refuses, is not there or never answers: the create certainly was not sent', async (t) => {
  const api = await secureAPI(t);
  const refusing = await proxyTo(t, api.port, 407);
  const silent = await proxyTo(t, api.port, 'silence');
  for (const url of [refusing.url, silent.url, 'http://127.0.0.1:9']) {
    const route = { url, except: '' };
    const { cloud } = cloudAt(t, `https://${host}`, { proxy: route, mutationDeadlineMs: 1_000 });
    const error: unknown = await cloud.createDroplet(REQUEST, options).catch((reason: unknown) => reason);
    assert.equal(faultOf(error)?.kind, 'unavailable', url);
  }
  assert.deepEqual(api.seen, []);
});

test('a host in NO_PROXY is reached directly', async (t) => {
  const proxy = await proxyTo(t, 9);
  const route = { url: proxy.url, except: 'example.org, .digitalocean.example' };
  const { cloud } = cloudAt(t, `https://${host}`, { proxy: route, mutationDeadlineMs: 2_000 });
  await assert.rejects(cloud.createDroplet(REQUEST, options));
  assert.deepEqual(proxy.connects, []);
});
