import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { faultOf } from '../../../../src/ports/port-error.ts';
import { selfSigned } from '../../../lab/certificate.ts';
import { patience } from '../../../lab/patience.ts';
import { temporaryDirectory } from '../../../lab/temporary-directory.ts';
import { RawClient } from './support/raw-client.ts';
import { agentToken, botID, post, registrationToken, served } from './support/served.ts';

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

for (const prefix of ['', '/v1']) {
  test(`below ${prefix || '/'}: a bot registers, fetches, acknowledges and beats`, async (t) => {
    const { api, call } = await served(t);
    api.add('new-bot', 'its-registration-token');
    const own = 'x'.repeat(40);
    const registered = await call(
      `${prefix}/bot/register`,
      post({ bot_id: 'new-bot', agent_token: own }, bearer('its-registration-token')),
    );
    assert.equal(registered.status, 200);
    assert.deepEqual(await registered.json(), { status: 'registered', bot_id: 'new-bot' });
    assert.equal((await call(`${prefix}/bot/new-bot/config`, { headers: bearer(own) })).status, 404);
    api.declare('new-bot', '1-f00');
    const config = await call(`${prefix}/bot/new-bot/config`, { headers: bearer(own) });
    assert.equal(config.headers.get('etag'), '"1-f00"');
    const body = (await config.json()) as Record<string, unknown>;
    assert.deepEqual([body['id'], body['version'], body['persona']], ['1-f00', 1, 'beginner']);
    assert.deepEqual(Object.keys(body).sort(), [
      'format',
      'id',
      'name',
      'persona',
      'risk',
      'secrets',
      'trading',
      'version',
    ]);
    const ack = await call(`${prefix}/bot/new-bot/config_ack`, post({ config_id: '1-f00' }, bearer(own)));
    assert.deepEqual(await ack.json(), { status: 'acknowledged', config_id: '1-f00' });
    const beat = await call(`${prefix}/bot/new-bot/heartbeat`, { method: 'POST', headers: bearer(own) });
    assert.deepEqual(await beat.json(), { status: 'ok', desired_config_id: '1-f00' });
    assert.equal(beat.headers.get('cache-control'), 'no-store');
  });
}

test('an agent that sends no token of its own is told one', async (t) => {
  const { api, call } = await served(t);
  api.add('new-bot', 'its-registration-token');
  const answer = await call('/bot/register', post({ bot_id: 'new-bot' }, bearer('its-registration-token')));
  const { agent_token } = (await answer.json()) as { agent_token: string };
  assert.equal(agent_token, api.agentTokenOf('new-bot'));
});

test('refusals are problems of RFC 9457, one status and type each', async (t) => {
  const { api, asAgent } = await served(t);
  const cases = [
    [{ reason: 'unauthorised' }, 401, 'unauthorised'],
    [{ reason: 'noConfig' }, 404, 'no-config'],
    [{ reason: 'unknownConfig' }, 404, 'unknown-config'],
    [{ reason: 'staleConfig', desiredConfigID: '2-b' }, 409, 'stale-config'],
    [{ reason: 'impossibleState', detail: 'The bot is being deleted.' }, 400, 'impossible-state'],
    [{ reason: 'notLeading' }, 503, 'unavailable'],
    [{ reason: 'unavailable', retryAfterMs: 2_500 }, 503, 'unavailable'],
  ] as const;
  for (const [refusal, status, kind] of cases) {
    api.refusal = { kind: 'refused', ...refusal };
    const answer = await asAgent(`/bot/${botID}/heartbeat`, { method: 'POST' });
    const body = (await answer.json()) as Record<string, unknown>;
    assert.equal(answer.headers.get('content-type'), 'application/problem+json');
    assert.deepEqual([answer.status, body['status']], [status, status]);
    assert.equal(body['type'], `tag:clawfleet.dev,2025:problem/${kind}`);
    assert.equal(typeof body['title'], 'string');
    assert.equal(answer.headers.get('www-authenticate'), status === 401 ? 'Bearer' : null);
    assert.equal(answer.headers.get('retry-after') !== null, status === 503);
    if (status === 409) assert.equal(body['desired_config_id'], '2-b');
    if (status === 400) assert.equal(body['detail'], 'The bot is being deleted.');
  }
  api.refusal = { kind: 'refused', reason: 'unavailable', retryAfterMs: 2_500 };
  assert.equal((await asAgent(`/bot/${botID}/config`)).headers.get('retry-after'), '3');
});

test('a failure of our own is a 500 that tells nothing, and is logged without the token', async (t) => {
  const { api, asAgent, lines } = await served(t);
  api.failure = new Error('the store broke');
  const answer = await asAgent(`/bot/${botID}/config`);
  assert.equal(answer.status, 500);
  assert.doesNotMatch(await answer.text(), /store/);
  assert.match(lines.join('\n'), /a bot’s call failed.*the store broke/);
  assert.doesNotMatch(lines.join('\n'), new RegExp(agentToken));
});

test('If-None-Match: the same config is 304; a list, or another one, gets the config', async (t) => {
  const { asAgent } = await served(t);
  const get = async (tag: string) =>
    (await asAgent(`/bot/${botID}/config`, { headers: { 'if-none-match': tag } })).status;
  assert.equal(await get('"1-aa"'), 304);
  assert.equal(await get('W/"1-aa"'), 304);
  assert.equal(await get('"0-zz"'), 200);
  assert.equal(await get('"0-zz", "1-aa"'), 200);
  assert.equal(await get('*'), 200);
  assert.equal(await get('1-aa'), 200);
});

test('a long poll is answered as soon as there is another config', async (t) => {
  const { api, asAgent } = await served(t);
  const headers = { 'if-none-match': '"1-aa"' };
  const poll = asAgent(`/bot/${botID}/config?wait=30s`, { headers });
  while (api.waiting === 0) await sleep(2);
  const began = performance.now();
  api.declare(botID, '2-bb');
  const answer = await poll;
  assert.ok(performance.now() - began < 1_000 * patience);
  assert.equal(((await answer.json()) as { id: string }).id, '2-bb');
});

test('an answer after a wait has the headers of one without', async (t) => {
  const { api, asAgent, call } = await served(t);
  const headersOf = async (answer: Promise<Response>) => {
    const { status, headers } = await answer;
    return { status, ...Object.fromEntries([...headers].filter(([name]) => name !== 'date')) };
  };
  const path = `/bot/${botID}/config`;
  const headers = { 'if-none-match': '"1-aa"' };
  const unchanged = await headersOf(asAgent(path, { headers }));
  assert.deepEqual(await headersOf(asAgent(`${path}?wait=1ms`, { headers })), unchanged);
  const late = headersOf(asAgent(`${path}?wait=30s`, { headers }));
  while (api.waiting === 0) await sleep(2);
  api.declare(botID, '2-bb');
  assert.deepEqual(await late, await headersOf(asAgent(path)));
  const stranger = headersOf(asAgent(`${path}?wait=30s`, { headers: { 'if-none-match': '"2-bb"' } }));
  while (api.waiting === 0) await sleep(2);
  api.refusal = { kind: 'refused', reason: 'unauthorised' };
  api.wake();
  assert.deepEqual(await stranger, await headersOf(call(path)));
});

test('a call behind one that waits, on the same connection, is answered after it', async (t) => {
  const { api, url } = await served(t);
  const client = await RawClient.open(url);
  const bearer = `host: x\r\nauthorization: Bearer ${agentToken}\r\n`;
  client.send(`GET /bot/${botID}/config?wait=30s HTTP/1.1\r\n${bearer}if-none-match: "1-aa"\r\n\r\n`);
  client.send(
    `POST /bot/${botID}/heartbeat HTTP/1.1\r\n${bearer}content-length: 0\r\nconnection: close\r\n\r\n`,
  );
  while (api.waiting === 0) await sleep(2);
  api.declare(botID, '2-bb');
  assert.match(await client.untilClosed(), /"2-bb".*"desired_config_id"/s);
});

test('a wait is at most as long as the limit, and of the right form', async (t) => {
  const { asAgent } = await served(t, { limits: { waitMs: 50 } });
  const headers = { 'if-none-match': '"1-aa"' };
  assert.equal((await asAgent(`/bot/${botID}/config?wait=999999s`, { headers })).status, 304);
  for (const wait of ['x', '-1s', '1e9s', '30', '30s30s', ''])
    assert.equal((await asAgent(`/bot/${botID}/config?wait=${wait}`, { headers })).status, 400, wait);
});

test('a caller that goes away waits no more', async (t) => {
  const { api, asAgent } = await served(t);
  const leave = new AbortController();
  const headers = { 'if-none-match': '"1-aa"' };
  const poll = asAgent(`/bot/${botID}/config?wait=30s`, { headers, signal: leave.signal });
  while (api.waiting === 0) await sleep(2);
  leave.abort();
  await assert.rejects(poll);
  while (api.waiting > 0) await sleep(2);
});

test('one bot holds two waiting calls at most; a third is answered at once', async (t) => {
  const { api, asAgent } = await served(t);
  const headers = { 'if-none-match': '"1-aa"' };
  const poll = () => asAgent(`/bot/${botID}/config?wait=30s`, { headers });
  const held = [poll(), poll()];
  while (api.waiting < 2) await sleep(2);
  assert.equal((await poll()).status, 304);
  api.declare(botID, '2-bb');
  for (const one of held) assert.equal((await one).status, 200);
});

test('/health says whether calls can be answered, and why not', async (t) => {
  const { api, call } = await served(t);
  assert.deepEqual(await (await call('/health')).json(), { status: 'ok' });
  api.refusal = { kind: 'refused', reason: 'notLeading' };
  const answer = await call('/v1/health');
  assert.equal(answer.status, 503);
  assert.deepEqual(((await answer.json()) as { reasons: string[] }).reasons, ['notLeading']);
});

test('/openapi.json describes every call by the schemas that requests are checked by', async (t) => {
  const { call } = await served(t);
  const description = (await (await call('/openapi.json')).json()) as {
    openapi: string;
    info: { version: string };
    paths: Record<string, Record<string, { responses: Record<string, object> }>>;
  };
  assert.equal(description.openapi, '3.1.0');
  assert.equal(description.info.version, '1.2.3');
  assert.deepEqual(Object.keys(description.paths), [
    '/bot/register',
    '/bot/{id}/config',
    '/bot/{id}/config_ack',
    '/bot/{id}/heartbeat',
    '/health',
  ]);
  const { responses } = description.paths['/bot/{id}/config_ack']?.['post'] ?? { responses: {} };
  assert.deepEqual(Object.keys(responses), ['200', '400', '401', '404', '409', '429', '503']);
  assert.equal((await call('/v1/openapi.json')).status, 200);
});

test('a bot that calls too often is told to wait, and no other bot is', async (t) => {
  const { api, call, asAgent } = await served(t, { limits: { bot: { burst: 3, perSecond: 0.1 } } });
  api.add('other', 'r', 'b'.repeat(64));
  const beat = () => asAgent(`/bot/${botID}/heartbeat`, { method: 'POST' });
  for (let turn = 0; turn < 3; turn += 1) assert.equal((await beat()).status, 200);
  const refused = await beat();
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers.get('retry-after')) >= 1);
  const other = await call('/bot/other/heartbeat', { method: 'POST', headers: bearer('b'.repeat(64)) });
  assert.equal(other.status, 200);
});

test('an address that fails too often is told to wait; a bot known there goes on', async (t) => {
  const { call, asAgent } = await served(t, { limits: { address: { burst: 3, perSecond: 0.1 } } });
  const beat = () => asAgent(`/bot/${botID}/heartbeat`, { method: 'POST' });
  assert.equal((await beat()).status, 200);
  const guess = (token: string) =>
    call(`/bot/${botID}/heartbeat`, { method: 'POST', headers: bearer(token) });
  for (const token of ['one', 'two', 'three']) assert.equal((await guess(token)).status, 401);
  assert.equal((await guess('four')).status, 429);
  assert.equal((await beat()).status, 200);
  assert.equal((await call('/health')).status, 200);
});

test('the address is taken from proxies that are trusted, from nobody else', async (t) => {
  const limits = { address: { burst: 2, perSecond: 0.1 } };
  const guess = async (call: typeof fetch, url: string, from: string) =>
    (await call(`${url}/bot/x/config`, { headers: { ...bearer('no'), 'x-forwarded-for': from } })).status;
  const open = await served(t, { limits });
  for (const from of ['198.51.100.1', '198.51.100.2']) assert.equal(await guess(fetch, open.url, from), 401);
  assert.equal(await guess(fetch, open.url, '198.51.100.3'), 429);
  const behind = await served(t, { limits, trustedProxies: ['127.0.0.0/8'] });
  for (const from of ['198.51.100.1', '198.51.100.2', 'spoofed, 198.51.100.1', '2001:db8::1', '2001:db8::2'])
    assert.equal(await guess(fetch, behind.url, from), 401, from);
  assert.equal(await guess(fetch, behind.url, '198.51.100.1'), 429);
  assert.equal(await guess(fetch, behind.url, '2001:db8::ffff'), 429);
  assert.equal(await guess(fetch, behind.url, '198.51.100.9'), 401);
});

test('ending answers waiting calls, closes every connection and takes no more', async (t) => {
  const { api, server, asAgent, call } = await served(t);
  const headers = { 'if-none-match': '"1-aa"' };
  const poll = asAgent(`/bot/${botID}/config?wait=30s`, { headers });
  while (api.waiting === 0) await sleep(2);
  const began = performance.now();
  const ended = server.end(5_000);
  const answer = await poll;
  assert.equal(answer.status, 304);
  assert.equal(answer.headers.get('connection'), 'close');
  await ended;
  assert.ok(performance.now() - began < 2_000 * patience);
  await assert.rejects(call('/health'));
});

test('a lease that is lost answers waiting calls 503, and closes the connection', async (t) => {
  const { api, server, asAgent } = await served(t);
  const headers = { 'if-none-match': '"1-aa"' };
  const poll = asAgent(`/bot/${botID}/config?wait=30s`, { headers });
  while (api.waiting === 0) await sleep(2);
  api.refusal = { kind: 'refused', reason: 'notLeading' };
  api.wake();
  const answer = await poll;
  assert.deepEqual([answer.status, answer.headers.get('connection')], [503, 'close']);
  assert.ok(answer.headers.get('retry-after'));
  await server.end(1_000);
});

test('TLS from files, loaded anew when they change; a broken pair changes nothing', async (t) => {
  const directory = temporaryDirectory('tls');
  const tls = { cert: join(directory, 'tls.crt'), key: join(directory, 'tls.key') };
  const write = ({ cert, key }: { cert: string; key: string }) => {
    writeFileSync(tls.cert, cert);
    writeFileSync(tls.key, key);
  };
  write(selfSigned('first'));
  const { server, lines } = await served(t, { tls, lookAtTLSEveryMs: 20 });
  assert.match(server.url, /^https:/);
  assert.equal(await certificateName(server.url), 'first');
  writeFileSync(tls.key, selfSigned('other').key);
  while (!lines.some((line) => line.includes('cannot be used'))) await sleep(5);
  assert.equal(await certificateName(server.url), 'first');
  write(selfSigned('second'));
  while (!lines.some((line) => line.includes('loaded anew'))) await sleep(5);
  assert.equal(await certificateName(server.url), 'second');
  assert.doesNotMatch(lines.join('\n'), /PRIVATE KEY/);
});

test('a certificate that cannot be used, and a taken port, are told', async (t) => {
  const { url } = await served(t);
  const isUnavailable = (error: Error) => faultOf(error)?.kind === 'unavailable';
  await assert.rejects(served(t, { tls: { cert: '/none.crt', key: '/none.key' } }), isUnavailable);
  await assert.rejects(served(t, { port: Number(new URL(url).port) }), isUnavailable);
});

test('a registration token opens nothing but the registration', async (t) => {
  const { call } = await served(t);
  const headers = bearer(registrationToken);
  assert.equal((await call(`/bot/${botID}/config`, { headers })).status, 401);
  assert.equal((await call(`/bot/${botID}/heartbeat`, { method: 'POST', headers })).status, 401);
});

function certificateName(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', rejectUnauthorized: false });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      const { CN } = socket.getPeerCertificate().subject;
      resolve(String(CN));
      socket.destroy();
    });
  });
}
