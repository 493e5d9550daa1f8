import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTLS } from 'node:tls';
import type { ServerLimits } from '../../../../src/adapters/http/bots/server-limits.ts';
import { selfSigned } from '../../../lab/certificate.ts';
import { temporaryDirectory } from '../../../lab/temporary-directory.ts';
import { RawClient, statusesOf } from './support/raw-client.ts';
import { agentToken, botID, post, registrationToken, type Served, served } from './support/served.ts';

const LIMIT = { timeout: 20_000 };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const open: Partial<ServerLimits> = {
  address: { burst: 10_000, perSecond: 1_000 },
  bot: { burst: 10_000, perSecond: 1_000 },
};
const otherBot = 'the-other-bot';
const otherToken = 'b'.repeat(64);

/** One server for the cases that leave nothing behind; others have their own. */
async function serve(t: TestContext, limits: Partial<ServerLimits> = {}): Promise<Served> {
  const bed = await served(t, { limits: { ...open, ...limits } });
  bed.api.add(otherBot, 'registration-token-of-the-other', otherToken);
  bed.api.declare(otherBot, '1-other');
  return bed;
}

/** After whatever was tried, the server answers, the bot is as it was, and nothing was given away. */
async function unharmed({ asAgent, api, lines }: Served): Promise<void> {
  assert.equal((await asAgent(`/v1/bot/${botID}/heartbeat`, { method: 'POST' })).status, 200);
  assert.equal(api.agentTokenOf(botID), agentToken);
  for (const secret of [agentToken, otherToken, registrationToken])
    assert.ok(!lines.join('\n').includes(secret), 'a token is in the log');
}

function head(line: string, headers: Record<string, string> = {}): string {
  const all = { host: 'x', ...headers };
  return `${line} HTTP/1.1\r\n${Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;
}

const beatLine = `POST /v1/bot/${botID}/heartbeat`;
const registerLine = 'POST /v1/bot/register';
const asAgentHeaders = { authorization: `Bearer ${agentToken}` };
const json = (text: string) => ({
  'content-type': 'application/json',
  'content-length': String(text.length),
});

/** Each is refused by one of `statuses` without the API being asked, unless `reaches` says that it may be. */
interface Attempt {
  readonly name: string;
  readonly request: string | Uint8Array;
  readonly statuses: readonly number[];
  readonly reaches?: true;
}

function attempts(title: string, cases: readonly Attempt[]): void {
  describe(title, LIMIT, () => {
    for (const { name, request, statuses, reaches } of cases)
      it(name, async (t) => {
        const bed = await serve(t, { headersMs: 300, requestMs: 400, lookMs: 50 });
        const client = await RawClient.open(bed.url);
        client.send(request);
        await Promise.race([client.untilAnswers(1), client.untilClosed()]);
        client.end();
        const [status = 0] = statusesOf(client.received);
        assert.ok(statuses.includes(status), `it was answered ${status}: ${client.received.slice(0, 300)}`);
        if (!reaches) assert.deepEqual(bed.api.calls, []);
        if (status >= 400) assert.match(client.received, /content-type: application\/problem\+json/);
        await unharmed(bed);
      });
  });
}

const wrongTokens: Readonly<Record<string, string>> = {
  'no token': '',
  'an empty bearer': 'Bearer ',
  'another scheme': `Basic ${Buffer.from(`${botID}:${agentToken}`).toString('base64')}`,
  'no scheme': agentToken,
  'a token with a space in it': `Bearer ${agentToken.slice(0, 32)} ${agentToken.slice(32)}`,
  'a token that is one character short': `Bearer ${agentToken.slice(1)}`,
  'a token that is one character long': `Bearer ${agentToken}a`,
  'a token in other case': `Bearer ${agentToken.toUpperCase()}`,
  'the token’s hash': 'Bearer ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb',
  'a list of tokens': `Bearer x,${agentToken}`,
  'a wildcard': 'Bearer *',
  'the word undefined': 'Bearer undefined',
  'a token of 600 characters': `Bearer ${'x'.repeat(600)}`,
  'the registration token': `Bearer ${registrationToken}`,
  'the token of another bot': `Bearer ${otherToken}`,
};

describe('without the bot’s own token there is no entry', LIMIT, () => {
  for (const [name, authorization] of Object.entries(wrongTokens))
    it(`with ${name}`, async (t) => {
      const bed = await serve(t);
      const headers = authorization === '' ? {} : { authorization };
      const answers = [
        await bed.call(`/v1/bot/${botID}/config`, { headers }),
        await bed.call(`/v1/bot/${botID}/config_ack`, post({ config_id: '1-aa' }, headers)),
        await bed.call(`/v1/bot/${botID}/heartbeat`, post({}, headers)),
      ];
      const bodies = await Promise.all(answers.map((answer) => answer.text()));
      assert.deepEqual(
        answers.map(({ status }) => status),
        [401, 401, 401],
      );
      assert.equal(new Set(bodies).size, 1);
      await unharmed(bed);
    });

  it('an unknown bot and a wrong token have the same answer, header for header', async (t) => {
    const bed = await serve(t);
    const wrong = await bed.call(`/v1/bot/${botID}/config`, { headers: bearer('wrong') });
    const unknown = await bed.call('/v1/bot/nobody/config', { headers: bearer('wrong') });
    const shown = ({ status, headers }: Response) => [
      status,
      ...[...headers].filter(([name]) => name !== 'date'),
    ];
    assert.deepEqual(shown(unknown), shown(wrong));
    assert.equal(await unknown.text(), await wrong.text());
  });

  it('two Authorization headers are not better than the first', async (t) => {
    const bed = await serve(t);
    const client = await RawClient.open(bed.url);
    const two = `${beatLine} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer wrong\r\nauthorization: Bearer ${agentToken}\r\ncontent-length: 0\r\n\r\n`;
    assert.equal(await client.ask(two), 401);
    client.end();
    await unharmed(bed);
  });

  it('a token in the query, in a cookie or in the body counts for nothing', async (t) => {
    const bed = await serve(t);
    const path = `/v1/bot/${botID}/config?access_token=${agentToken}&token=${agentToken}`;
    assert.equal((await bed.call(path, { headers: { cookie: `token=${agentToken}` } })).status, 401);
    const body = post({ token: agentToken, access_token: agentToken });
    assert.equal((await bed.call(`/v1/bot/${botID}/heartbeat`, body)).status, 401);
    await unharmed(bed);
  });
});

describe('registration', LIMIT, () => {
  const own = (character: string) => character.repeat(48);
  const registering = (bot_id: unknown, agent_token: unknown, token = 'fresh-registration-token') =>
    post({ bot_id, agent_token }, bearer(token));

  it('of a hundred racing agents with one stolen token one wins, and stays the one', async (t) => {
    const bed = await serve(t);
    bed.api.add('fresh', 'fresh-registration-token');
    const tokens = Array.from({ length: 100 }, () => randomBytes(24).toString('hex'));
    const answers = await Promise.all(
      tokens.map((token) => bed.call('/v1/bot/register', registering('fresh', token))),
    );
    const winners = tokens.filter((_, index) => answers[index]?.status === 200);
    assert.equal(winners.length, 1);
    assert.equal(bed.api.agentTokenOf('fresh'), winners[0]);
    assert.equal(answers.filter(({ status }) => status === 401).length, 99);
    await unharmed(bed);
  });

  it('replayed with the same pair is answered alike; with another agent token it is refused', async (t) => {
    const bed = await serve(t);
    bed.api.add('fresh', 'fresh-registration-token');
    for (let turn = 0; turn < 3; turn += 1)
      assert.equal((await bed.call('/v1/bot/register', registering('fresh', own('m')))).status, 200);
    assert.equal((await bed.call('/v1/bot/register', registering('fresh', own('n')))).status, 401);
    assert.equal(bed.api.agentTokenOf('fresh'), own('m'));
    await unharmed(bed);
  });

  it('without an agent token tells one once; a replay is told none', async (t) => {
    const bed = await serve(t);
    bed.api.add('fresh', 'fresh-registration-token');
    const first = await bed.call('/v1/bot/register', registering('fresh', undefined));
    assert.equal(first.status, 200);
    const again = await bed.call('/v1/bot/register', registering('fresh', undefined));
    assert.equal(again.status, 401);
    assert.doesNotMatch(await again.text(), /agent_token/);
  });

  it('with another bot’s registration token is refused', async (t) => {
    const bed = await serve(t);
    bed.api.add('fresh', 'fresh-registration-token');
    const stolen = registering(botID, own('m'));
    assert.equal((await bed.call('/v1/bot/register', stolen)).status, 401);
    await unharmed(bed);
  });

  it('with an agent’s token is refused', async (t) => {
    const bed = await serve(t);
    const answer = await bed.call('/v1/bot/register', registering(botID, own('m'), agentToken));
    assert.equal(answer.status, 401);
    await unharmed(bed);
  });

  const wrongBodies: Readonly<Record<string, unknown>> = {
    'a number for an id': { bot_id: 7 },
    'an object for an id': { bot_id: { $ne: '' } },
    'a list for an id': { bot_id: [botID] },
    'null for an id': { bot_id: null },
    'no id': { agent_token: 'x'.repeat(40) },
    'an empty id': { bot_id: '' },
    'an id of 201 characters': { bot_id: 'x'.repeat(201) },
    'a list for a token': { bot_id: botID, agent_token: ['x'.repeat(40)] },
    'a token of 257 characters': { bot_id: botID, agent_token: 'x'.repeat(257) },
    'a list for a body': [botID],
    'a text for a body': 'register',
    'null for a body': null,
  };
  for (const [name, body] of Object.entries(wrongBodies))
    it(`with ${name} is malformed, whatever the token`, async (t) => {
      const bed = await serve(t);
      const answer = await bed.call('/v1/bot/register', post(body, bearer(registrationToken)));
      assert.equal(answer.status, 400);
      assert.match(await answer.text(), /problem\/malformed/);
      assert.deepEqual(bed.api.calls, []);
      await unharmed(bed);
    });

  it('with members of a prototype changes no prototype', async (t) => {
    const bed = await serve(t);
    for (const text of [
      `{"bot_id":"${botID}","__proto__":{"agent_token":"x"}}`,
      `{"bot_id":"${botID}","constructor":{"prototype":{"agent_token":"x"}}}`,
    ]) {
      const headers = { ...bearer(registrationToken), 'content-type': 'application/json' };
      const answer = await bed.call('/v1/bot/register', { method: 'POST', body: text, headers });
      assert.equal(answer.status, 400);
    }
    assert.equal(({} as Record<string, unknown>)['agent_token'], undefined);
    await unharmed(bed);
  });
});

attempts('what is too large is not read', [
  {
    name: 'a body over the limit, as announced',
    request: head(beatLine, {
      ...asAgentHeaders,
      'content-type': 'application/json',
      'content-length': '1000000000',
    }),
    statuses: [413],
  },
  {
    name: 'a body over the limit, in chunks that announce nothing',
    request: `${head(beatLine, { ...asAgentHeaders, 'content-type': 'application/json', 'transfer-encoding': 'chunked' })}${`400\r\n${' '.repeat(1_024)}\r\n`.repeat(8)}`,
    statuses: [413],
  },
  {
    name: 'a chunk of an absurd size',
    request: `${head(beatLine, { ...asAgentHeaders, 'content-type': 'application/json', 'transfer-encoding': 'chunked' })}FFFFFFFFFFFFFFFFFF\r\n`,
    statuses: [400, 413],
  },
  {
    name: 'a negative length',
    request: head(beatLine, { ...asAgentHeaders, 'content-length': '-1' }),
    statuses: [400],
  },
  {
    name: 'a header of 16 KiB',
    request: head(beatLine, { ...asAgentHeaders, 'x-filler': 'x'.repeat(16_384) }),
    statuses: [431],
  },
  {
    name: 'a thousand headers',
    request: head(
      beatLine,
      Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`x-${at}`, 'xxxxxxxx'])),
    ),
    statuses: [431],
  },
  {
    name: 'a path of 16 KiB',
    request: head(`GET /v1/bot/${'x'.repeat(16_384)}/config`, asAgentHeaders),
    statuses: [431],
  },
  {
    name: 'an id of 4 KiB',
    request: head(`GET /v1/bot/${'x'.repeat(4_096)}/config`, asAgentHeaders),
    statuses: [401],
    reaches: true,
  },
  {
    name: 'JSON nested two thousand deep',
    request: ((text: string) => head(beatLine, { ...asAgentHeaders, ...json(text) }) + text)(
      `${'['.repeat(2_000)}${']'.repeat(2_000)}`,
    ),
    statuses: [400],
  },
]);

attempts('what is no HTTP, or two requests in one, is refused', [
  { name: 'random bytes', request: randomBytes(512), statuses: [400] },
  { name: 'a TLS hello to the plain port', request: Buffer.from('160301020001000', 'hex'), statuses: [400] },
  { name: 'the preface of HTTP/2', request: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', statuses: [0, 400, 404] },
  { name: 'an unknown method', request: head('BREW /v1/bot/register'), statuses: [400] },
  { name: 'no Host header', request: `${beatLine} HTTP/1.1\r\n\r\n`, statuses: [400] },
  { name: 'a header without a colon', request: `${beatLine} HTTP/1.1\r\nhost x\r\n\r\n`, statuses: [400] },
  { name: 'a NUL in a header', request: head(beatLine, { authorization: 'Bearer \0' }), statuses: [400] },
  {
    name: 'a length and chunks at once',
    request: `${head(beatLine, { ...asAgentHeaders, 'content-length': '5', 'transfer-encoding': 'chunked' })}0\r\n\r\nGET /health HTTP/1.1\r\n\r\n`,
    statuses: [400],
  },
  {
    name: 'two lengths that differ',
    request: `${beatLine} HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 40\r\n\r\n{}`,
    statuses: [400],
  },
  {
    name: 'a transfer encoding in disguise',
    request: `${head(beatLine, { ...asAgentHeaders, 'transfer-encoding': 'xchunked' })}0\r\n\r\n`,
    statuses: [400, 415],
  },
  {
    name: 'a bare line feed between headers',
    request: `${beatLine} HTTP/1.1\nhost: x\nauthorization: Bearer ${agentToken}\ncontent-length: 0\n\n`,
    statuses: [400],
  },
  {
    name: 'a body that is no JSON',
    request: ((text: string) => head(beatLine, { ...asAgentHeaders, ...json(text) }) + text)('{"a":'),
    statuses: [400],
  },
  {
    name: 'a body that is no UTF-8',
    request: Buffer.concat([
      Buffer.from(head(registerLine, { authorization: `Bearer ${registrationToken}`, ...json('xxxx') })),
      Buffer.from([0xff, 0xfe, 0x7b, 0x7d]),
    ]),
    statuses: [400],
  },
  {
    name: 'a form in place of JSON',
    request: `${head(beatLine, { ...asAgentHeaders, 'content-type': 'application/x-www-form-urlencoded', 'content-length': '3' })}a=b`,
    statuses: [415],
  },
  {
    name: 'a text in place of JSON',
    request: `${head(beatLine, { ...asAgentHeaders, 'content-type': 'text/plain', 'content-length': '2' })}{}`,
    statuses: [415],
  },
]);

attempts('a request that comes too slowly is cut off', [
  { name: 'nothing at all', request: '', statuses: [0, 408] },
  { name: 'half a line', request: 'POST /v1/bo', statuses: [408] },
  {
    name: 'headers without an end',
    request: `${beatLine} HTTP/1.1\r\nhost: x\r\nx-a: b\r\n`,
    statuses: [408],
  },
  {
    name: 'a body that stops half-way',
    request: `${head(registerLine, { authorization: `Bearer ${registrationToken}`, 'content-type': 'application/json', 'content-length': '50' })}{"bot_id":`,
    statuses: [408],
  },
]);

const tricks: Readonly<Record<string, readonly number[]>> = {
  [`/v1/bot/${botID}/../${botID}/config`]: [404],
  [`/v1/bot//config`]: [401, 404],
  [`/v1/bot/${botID}/config/`]: [404],
  [`/v1/bot/${botID}//config`]: [404],
  [`//v1/bot/${botID}/config`]: [404],
  [`/v1/../v1/bot/${botID}/config`]: [404],
  [`/v1/bot/${botID}%2fconfig`]: [404],
  [`/v1/bot/..%2f${botID}/config`]: [401],
  [`/v1/bot/%00/config`]: [401],
  [`/v1/bot/${botID}%00/config`]: [401],
  [`/v1/bot/%ff/config`]: [400],
  [`/v1/bot/%/config`]: [400],
  [`/v1/bot/${botID};${otherBot}/config`]: [401],
  [`/v1/bot/${botID.toUpperCase()}/config`]: [401],
  [`/v1/bot/*/config`]: [401],
  [`/v1/bot/__proto__/config`]: [401],
  [`/v1/bot/constructor/config`]: [401],
  [`/V1/BOT/${botID}/CONFIG`]: [404],
  [`/v1/bot/${otherBot}/config`]: [401],
  ['http://127.0.0.1/v1/bot/x/config']: [400, 401, 404],
  ['/metrics']: [404],
  ['/readyz']: [404],
};

describe('tricks with the path open nothing', LIMIT, () => {
  for (const [path, statuses] of Object.entries(tricks))
    it(path, async (t) => {
      const bed = await serve(t);
      const client = await RawClient.open(bed.url);
      const status = await client.ask(head(`GET ${path}`, asAgentHeaders));
      client.end();
      assert.ok(statuses.includes(status), `it was answered ${status}`);
      assert.doesNotMatch(client.received, /"trading"/);
      await unharmed(bed);
    });

  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE'])
    it(`${method} is no call`, async (t) => {
      const bed = await serve(t);
      const client = await RawClient.open(bed.url);
      const status = await client.ask(head(`${method} /v1/bot/${botID}/config`, asAgentHeaders));
      client.end();
      assert.equal(status, 404);
      assert.deepEqual(bed.api.calls, []);
      await unharmed(bed);
    });

  it('a method in a header overrides none', async (t) => {
    const bed = await serve(t);
    const headers = { ...bearer(agentToken), 'x-http-method-override': 'POST' };
    assert.equal((await bed.call(`/v1/bot/${botID}/heartbeat`, { headers })).status, 404);
  });

  it('headers that name another path, host or version change nothing', async (t) => {
    const bed = await serve(t);
    const headers = {
      'x-original-url': `/v1/bot/${otherBot}/config`,
      'x-rewrite-url': `/v1/bot/${otherBot}/config`,
      'x-forwarded-host': 'evil.example',
      'x-forwarded-prefix': '/v1',
      'accept-version': '9',
    };
    const answer = await bed.asAgent(`/v1/bot/${botID}/config`, { headers });
    assert.equal(answer.headers.get('etag'), '"1-aa"');
  });
});

describe('words that the API takes are taken as words alone', LIMIT, () => {
  for (const config_id of ["1' OR '1'='1", '../../etc/passwd', '$(reboot)', '\u0000', '1-aa\r\nx: y', '𝟏-aa'])
    it(`a config id ${JSON.stringify(config_id)}`, async (t) => {
      const bed = await serve(t);
      const answer = await bed.asAgent(`/v1/bot/${botID}/config_ack`, post({ config_id }));
      assert.equal(answer.status, 404);
      await unharmed(bed);
    });

  for (const tag of ['"', '""', '"\u00ff"', `"${'x'.repeat(300)}"`, 'W/', '"a" "b"', '\\"1-aa\\"'])
    it(`an If-None-Match ${tag.slice(0, 20)}`, async (t) => {
      const bed = await serve(t);
      const client = await RawClient.open(bed.url);
      const line = `GET /v1/bot/${botID}/config`;
      assert.equal(await client.ask(head(line, { ...asAgentHeaders, 'if-none-match': tag })), 200);
      client.end();
    });

  for (const wait of ['99999999999s', 'NaN', 'Infinity', '-5s', '1e3s', '30s&wait=30s', '[]', '%00'])
    it(`a wait of ${wait}`, async (t) => {
      const bed = await serve(t);
      const headers = { 'if-none-match': '"1-aa"' };
      const answer = await bed.asAgent(`/v1/bot/${botID}/config?wait=${wait}`, { headers });
      assert.equal(answer.status, 400);
      await unharmed(bed);
    });
});

describe('a flood is bounded', LIMIT, () => {
  it('guessed tokens: 429 after the burst, and the bot is served on', async (t) => {
    const bed = await serve(t, { address: { burst: 20, perSecond: 1 } });
    assert.equal((await bed.asAgent(`/v1/bot/${botID}/heartbeat`, { method: 'POST' })).status, 200);
    const statuses = new Map<number, number>();
    for (let guess = 0; guess < 200; guess += 1) {
      const answer = await bed.call(`/v1/bot/${botID}/config`, { headers: bearer(`guess-${guess}`) });
      await answer.arrayBuffer();
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    }
    assert.ok((statuses.get(401) ?? 0) <= 25, JSON.stringify([...statuses]));
    assert.ok((statuses.get(429) ?? 0) >= 175);
    assert.ok(bed.api.calls.length <= 26);
    await unharmed(bed);
  });

  it('paths that do not exist, and requests without a token, count too', async (t) => {
    const bed = await serve(t, { address: { burst: 10, perSecond: 0.1 } });
    for (let turn = 0; turn < 5; turn += 1) await bed.call(`/wp-admin/${turn}`);
    for (let turn = 0; turn < 5; turn += 1) await bed.call(`/v1/bot/${botID}/config`);
    assert.equal((await bed.call('/openapi.json')).status, 429);
    assert.equal((await bed.call('/health')).status, 200);
  });

  it('a bot’s own failures give it no fresh share', async (t) => {
    const failing = [
      () => bed.asAgent(`/v1/bot/${botID}/config_ack`, post({})),
      () => bed.asAgent('/wp-admin'),
      () => bed.asAgent('/openapi.json'),
    ];
    const bed = await serve(t, { bot: { burst: 10, perSecond: 0.01 } });
    const beats: number[] = [];
    for (let turn = 0; turn < 30; turn += 1) {
      beats.push((await bed.asAgent(`/v1/bot/${botID}/heartbeat`, { method: 'POST' })).status);
      await failing[turn % failing.length]?.();
    }
    assert.ok(beats.filter((status) => status === 200).length <= 10, beats.join(' '));
    assert.equal(beats.at(-1), 429);
  });

  it('X-Forwarded-For from anybody gives nobody another address', async (t) => {
    const bed = await serve(t, { address: { burst: 5, perSecond: 0.1 } });
    const statuses: number[] = [];
    for (let turn = 0; turn < 10; turn += 1) {
      const headers = {
        ...bearer('guess'),
        'x-forwarded-for': `198.51.100.${turn}`,
        forwarded: `for=192.0.2.${turn}`,
      };
      statuses.push((await bed.call(`/v1/bot/${botID}/config`, { headers })).status);
    }
    assert.deepEqual(statuses.slice(5), [429, 429, 429, 429, 429]);
  });

  it('pipelined requests are answered in order', async (t) => {
    const bed = await serve(t);
    const client = await RawClient.open(bed.url);
    const beats = head(beatLine, { ...asAgentHeaders, 'content-length': '0' });
    const guesses = head(beatLine, { ...bearer('guess'), 'content-length': '0' });
    client.send((beats + guesses).repeat(16));
    await client.untilAnswers(32);
    assert.deepEqual(statusesOf(client.received), Array(16).fill([200, 401]).flat());
    client.end();
    await unharmed(bed);
  });

  it('a connection on which thousands of requests are pipelined is cut, and few of them are looked at', async (t) => {
    const bed = await serve(t);
    const client = await RawClient.open(bed.url);
    client.send(head(beatLine, { ...asAgentHeaders, 'content-length': '0' }).repeat(3_000));
    await client.untilClosed();
    assert.ok(bed.api.calls.length <= 32, `${bed.api.calls.length} calls`);
    assert.equal(bed.lines.filter((line) => /32 calls unanswered was cut.*"127.0.0.1"/.test(line)).length, 1);
    await unharmed(bed);
  });

  it('a connection answered late cannot be used for guess after guess meanwhile', async (t) => {
    const bed = await serve(t, { address: { burst: 5, perSecond: 0.1 } });
    let guesses = 0;
    bed.api.config = () => {
      guesses += 1;
      return new Promise(() => undefined);
    };
    const client = await RawClient.open(bed.url);
    for (let sent = 0; sent < 5_000; sent += 1)
      client.send(head(`GET /v1/bot/${botID}/config`, bearer(`guess-${sent}`)));
    await client.untilClosed();
    assert.ok(guesses <= 32, `${guesses} guesses`);
  });

  it('one bot cannot hold all waiting calls, pipelined or not', async (t) => {
    const bed = await serve(t);
    const headers = { ...asAgentHeaders, 'if-none-match': '"1-aa"' };
    const clients = await Promise.all(Array.from({ length: 50 }, () => RawClient.open(bed.url)));
    for (const client of clients)
      client.send(head(`GET /v1/bot/${botID}/config?wait=60s`, headers).repeat(4));
    while (bed.api.calls.length < 52) await sleep(5);
    assert.ok(bed.api.waiting <= 2);
    for (const client of clients) client.end();
    while (bed.api.waiting > 0) await sleep(5);
    await unharmed(bed);
  });

  it('a thousand connections that say nothing are gone in time, and cost little', async (t) => {
    const bed = await serve(t, { headersMs: 500, lookMs: 50, requestMs: 600 });
    const clients = await Promise.all(Array.from({ length: 1_000 }, () => RawClient.open(bed.url)));
    await unharmed(bed);
    await Promise.all(clients.map((client) => client.untilClosed()));
    await unharmed(bed);
  });

  it('connections beyond the limit are turned away, and those within it are served', async (t) => {
    const bed = await serve(t, { connections: 20 });
    const first = await RawClient.open(bed.url);
    assert.equal(await first.ask(head('GET /health')), 200);
    const crowd = await Promise.all(Array.from({ length: 60 }, () => RawClient.open(bed.url)));
    await Promise.all(crowd.slice(19).map((client) => client.untilClosed()));
    assert.equal(await first.ask(head('GET /health')), 200);
    for (const client of [first, ...crowd]) client.end();
    await sleep(50);
    await unharmed(bed);
  });

  it('one who asks and never reads is let go', async (t) => {
    const bed = await serve(t, { idleMs: 400 });
    const client = await RawClient.open(bed.url);
    client.socket.pause();
    const closed = new Promise((resolve) => client.socket.once('close', resolve));
    client.send(head(`GET /openapi.json`, asAgentHeaders).repeat(4_000));
    const before = process.memoryUsage().rss;
    await sleep(1_500);
    client.socket.resume();
    await closed;
    assert.ok(statusesOf(client.received).length < 4_000);
    assert.ok(process.memoryUsage().rss - before < 100_000_000);
    await unharmed(bed);
  });

  it('callers that leave half-way through their request leave nothing behind', async (t) => {
    const bed = await serve(t);
    for (let turn = 0; turn < 200; turn += 1) {
      const client = await RawClient.open(bed.url);
      client.send(`${head(beatLine, { ...asAgentHeaders, ...json('x'.repeat(30)) })}{"a"`);
      client.end();
    }
    await unharmed(bed);
    assert.deepEqual(bed.lines, []);
  });

  it('ten thousand strangers’ failures are remembered in bounded memory', async (t) => {
    const bed = await served(t, { trustedProxies: ['127.0.0.1'], limits: { ...open, unanswered: 1_000 } });
    const client = await RawClient.open(bed.url);
    for (let batch = 0; batch < 12; batch += 1) {
      const requests = Array.from({ length: 1_000 }, (_, at) =>
        head(`GET /v1/bot/${botID}/config`, {
          authorization: `Bearer guess-${batch}-${at}`,
          'x-forwarded-for': `10.${batch}.${at >> 8}.${at & 255}`,
        }),
      );
      const answered = statusesOf(client.received).length;
      client.send(requests.join(''));
      await client.untilAnswers(answered + 1_000);
    }
    assert.deepEqual([...new Set(statusesOf(client.received))], [401]);
    client.end();
    await unharmed(bed);
  });

  it('megabytes of refused bodies are not kept', async (t) => {
    const bed = await serve(t);
    const before = process.memoryUsage().rss;
    const filler = Buffer.alloc(1_000_000, 'x');
    for (let turn = 0; turn < 30; turn += 1) {
      const client = await RawClient.open(bed.url);
      client.send(
        head(registerLine, {
          authorization: 'Bearer x',
          'content-type': 'application/json',
          'content-length': '50000000',
        }),
      );
      for (let part = 0; part < 5; part += 1) client.send(filler);
      await client.untilClosed();
    }
    assert.ok(process.memoryUsage().rss - before < 150_000_000);
    await unharmed(bed);
  });
});

describe('at a port of TLS', LIMIT, () => {
  async function secure(t: TestContext, limits: Partial<ServerLimits> = {}): Promise<Served> {
    const directory = temporaryDirectory('hostile');
    const tls = { cert: join(directory, 'tls.crt'), key: join(directory, 'tls.key') };
    const pair = selfSigned('hostile');
    for (const part of ['cert', 'key'] as const) writeFileSync(tls[part], pair[part]);
    return served(t, { tls, limits: { ...open, ...limits } });
  }

  function beat({ url }: Served, options: object = {}): Promise<string> {
    return new Promise((resolve, reject) => {
      const port = Number(new URL(url).port);
      const socket = connectTLS({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
      socket.once('error', reject);
      socket.once('secureConnect', () =>
        socket.write(head(beatLine, { ...asAgentHeaders, 'content-length': '0' })),
      );
      socket.once('data', (data) => {
        resolve(String(data));
        socket.destroy();
      });
    });
  }

  it('plain HTTP gets no answer', async (t) => {
    const bed = await secure(t);
    const client = await RawClient.open(bed.url);
    client.send(head(beatLine, { ...asAgentHeaders, 'content-length': '0' }));
    assert.doesNotMatch(await client.untilClosed(), / 200 /);
    assert.deepEqual(bed.api.calls, []);
    assert.match(await beat(bed), / 200 /);
  });

  it('a handshake that does not go on is cut off', async (t) => {
    const bed = await secure(t, { headersMs: 300 });
    const silent = await RawClient.open(bed.url);
    const halting = await RawClient.open(bed.url);
    halting.send(Buffer.from('1603010200010001fc0303', 'hex'));
    await Promise.all([silent.untilClosed(), halting.untilClosed()]);
    assert.match(await beat(bed), / 200 /);
  });

  it('a handshake that does not go on is cut when the patience at the end is over', async (t) => {
    const bed = await secure(t);
    const silent = await RawClient.open(bed.url);
    const began = performance.now();
    await bed.server.end(200);
    assert.ok(performance.now() - began < 5_000);
    await silent.untilClosed();
  });

  it('TLS 1.1 is refused', async (t) => {
    const bed = await secure(t);
    await assert.rejects(
      beat(bed, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' }),
      /protocol version/,
    );
    assert.match(await beat(bed), / 200 /);
  });
});
