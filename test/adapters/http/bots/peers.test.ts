import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTLS } from 'node:tls';
import { Forwarding } from '../../../../src/adapters/http/peers/forwarding.ts';
import { type PeerServer, servePeers } from '../../../../src/adapters/http/peers/serve-peers.ts';
import { systemClock } from '../../../../src/adapters/system/system-clock.ts';
import type { BotAPI } from '../../../../src/bot-api/bot-api.ts';
import { BotAPIGate } from '../../../../src/bot-api/bot-api-gate.ts';
import { silentLog } from '../../../../src/ports/log.ts';
import { MemoryBotAPI } from './support/memory-bot-api.ts';
import { RawClient, statusesOf } from './support/raw-client.ts';
import { agentToken, botID, post, registrationToken, served } from './support/served.ts';

const key = randomBytes(32);

interface Pair {
  readonly leader: MemoryBotAPI;
  readonly peers: PeerServer;
  readonly follower: Awaited<ReturnType<typeof served>>;
}

interface PairOptions {
  readonly theirs?: Uint8Array;
  readonly api?: BotAPI;
  readonly leaderIs?: string;
  readonly handshakeMs?: number;
}

/** One process that leads, and one that does not and knows who does. */
async function pair(
  t: TestContext,
  { theirs = key, api, leaderIs, handshakeMs }: PairOptions = {},
): Promise<Pair> {
  const leader = new MemoryBotAPI().add(botID, registrationToken, agentToken);
  leader.declare(botID, '1-aa');
  const peers = await servePeers({
    host: '127.0.0.1',
    port: 0,
    key: () => key,
    api: api ?? leader,
    log: silentLog,
    ...(handshakeMs !== undefined && { handshakeMs }),
  });
  const gate = new BotAPIGate(() => leaderIs ?? peers.address);
  const forwarded = new Forwarding({ api: gate, key: () => theirs, clock: systemClock, log: silentLog });
  const follower = await served(t, { api: forwarded });
  t.after(async () => {
    forwarded.close();
    await peers.close();
  });
  return { leader, peers, follower };
}

const condition = { headers: { 'if-none-match': '"1-aa"' } };

test('a process that does not lead hands calls over to the one that does', async (t) => {
  const { leader, follower } = await pair(t);
  const { asAgent, call } = follower;
  leader.add('new-bot', 'its-token');
  const registering = post(
    { bot_id: 'new-bot', agent_token: 'n'.repeat(40) },
    { authorization: 'Bearer its-token' },
  );
  assert.deepEqual(await (await call('/bot/register', registering)).json(), {
    status: 'registered',
    bot_id: 'new-bot',
  });
  assert.equal((await asAgent(`/bot/${botID}/config`)).headers.get('etag'), '"1-aa"');
  assert.equal((await asAgent(`/bot/${botID}/config_ack`, post({ config_id: '1-aa' }))).status, 200);
  assert.deepEqual(await (await asAgent(`/bot/${botID}/heartbeat`, { method: 'POST' })).json(), {
    status: 'ok',
    desired_config_id: '1-aa',
  });
  const wrong = { headers: { authorization: 'Bearer wrong' } };
  assert.equal((await call(`/bot/${botID}/config`, wrong)).status, 401);
  assert.equal((await call('/health')).status, 200);
});

test('a waiting call is handed over, answered by the news, and ended when its caller goes', async (t) => {
  const { leader, follower } = await pair(t);
  const poll = follower.asAgent(`/bot/${botID}/config?wait=30s`, condition);
  while (leader.waiting === 0) await sleep(2);
  leader.declare(botID, '2-bb');
  assert.equal((await poll).headers.get('etag'), '"2-bb"');
  const leave = new AbortController();
  const headers = { 'if-none-match': '"2-bb"' };
  const left = follower.asAgent(`/bot/${botID}/config?wait=30s`, { headers, signal: leave.signal });
  while (leader.waiting === 0) await sleep(2);
  leave.abort();
  await assert.rejects(left);
  while (leader.waiting > 0) await sleep(2);
});

test('a call whose wait is ended here, or finds no room to wait, is answered by the leader without', async (t) => {
  const { leader, follower } = await pair(t);
  const client = await RawClient.open(follower.url);
  const headers = `host: x\r\nauthorization: Bearer ${agentToken}\r\nif-none-match: "1-aa"\r\n`;
  client.send(`GET /bot/${botID}/config?wait=30s HTTP/1.1\r\n${headers}\r\n`.repeat(3));
  while (leader.waiting < 2) await sleep(2);
  leader.declare(botID, '2-bb');
  await Promise.race([client.untilAnswers(3), client.untilClosed()]);
  const [, , third] = statusesOf(client.received);
  assert.ok(third === 200 || third === 304, `it was answered ${third}`);
  client.end();
  const held = follower.asAgent(`/bot/${botID}/config?wait=30s`, { headers: { 'if-none-match': '"2-bb"' } });
  while (leader.waiting === 0) await sleep(2);
  const ended = follower.server.end(5_000);
  const answer = await held;
  assert.deepEqual([answer.status, answer.headers.get('connection')], [304, 'close']);
  await ended;
});

test('hundreds of calls share one connection', async (t) => {
  const { leader, follower } = await pair(t);
  for (let bot = 0; bot < 300; bot += 1) {
    leader.add(`bot-${bot}`, 'r', `agent-token-of-${bot}`);
    leader.declare(`bot-${bot}`, '1-aa');
  }
  const polls = Array.from({ length: 300 }, (_, bot) =>
    follower.call(`/bot/bot-${bot}/config?wait=30s`, {
      headers: { ...condition.headers, authorization: `Bearer agent-token-of-${bot}` },
    }),
  );
  while (leader.waiting < 300) await sleep(5);
  for (let bot = 0; bot < 300; bot += 1) leader.declare(`bot-${bot}`, '2-bb');
  for (const poll of polls) assert.equal((await poll).status, 200);
});

test('one hop at most: a call is not handed over by the one that it was handed over to', async (t) => {
  let asked = 0;
  const elsewhere = new BotAPIGate(() => {
    asked += 1;
    return '127.0.0.1:1';
  });
  const { follower } = await pair(t, { api: elsewhere });
  const answer = await follower.asAgent(`/bot/${botID}/heartbeat`, { method: 'POST' });
  assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '2']);
  assert.equal(asked, 1);
});

test('without a leader that can be reached it is 503 with Retry-After, and 200 once there is one', async (t) => {
  const { peers, follower } = await pair(t);
  const beat = () => follower.asAgent(`/bot/${botID}/heartbeat`, { method: 'POST' });
  assert.equal((await beat()).status, 200);
  await peers.close();
  const answer = await beat();
  assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '2']);
  const [host = '', port] = peers.address.split(':');
  const api = new MemoryBotAPI().add(botID, registrationToken, agentToken);
  const next = await servePeers({ host, port: Number(port), key: () => key, api, log: silentLog });
  t.after(() => next.close());
  assert.equal((await beat()).status, 200);
});

test('a call under way when the leader vanishes is answered 503', async (t) => {
  const { leader, peers, follower } = await pair(t);
  const poll = follower.asAgent(`/bot/${botID}/config?wait=30s`, condition);
  while (leader.waiting === 0) await sleep(2);
  await peers.close();
  assert.equal((await poll).status, 503);
  while (leader.waiting > 0) await sleep(2);
});

test('who has another key is told nothing, and tells nothing', async (t) => {
  const { leader, follower } = await pair(t, { theirs: randomBytes(32) });
  assert.equal((await follower.asAgent(`/bot/${botID}/heartbeat`, { method: 'POST' })).status, 503);
  assert.deepEqual(leader.calls, []);
});

test('a connection that says nothing does not keep the peers’ port open', async (t) => {
  const { peers } = await pair(t);
  const silent = await RawClient.open(`http://${peers.address}`);
  const ended = await Promise.race([peers.close().then(() => 'closed'), sleep(5_000, 'open')]);
  silent.end();
  assert.equal(ended, 'closed');
});

test('strangers that say nothing cannot fill the peers’ port: each is cut in time', async (t) => {
  const { peers, follower } = await pair(t, { handshakeMs: 200 });
  const crowd = await Promise.all(
    Array.from({ length: 1_200 }, () => RawClient.open(`http://${peers.address}`)),
  );
  const cut = crowd.map((client) => client.untilClosed());
  await Promise.all(cut);
  assert.equal((await follower.asAgent(`/bot/${botID}/heartbeat`, { method: 'POST' })).status, 200);
});

test('a stranger at the peers’ port gets nowhere, and disturbs nobody', async (t) => {
  const { leader, peers, follower } = await pair(t);
  const [host = '', port] = peers.address.split(':');
  const plain = connect(Number(port), host);
  plain.end('POST /heartbeat HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}');
  plain.on('error', () => undefined);
  await new Promise((resolve) => plain.once('close', resolve));
  const tls = connectTLS({ host, port: Number(port), rejectUnauthorized: false });
  await new Promise((resolve) => tls.once('error', resolve));
  assert.deepEqual(leader.calls, []);
  assert.equal((await follower.asAgent(`/bot/${botID}/heartbeat`, { method: 'POST' })).status, 200);
});
