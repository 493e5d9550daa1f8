import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type BotAPIFlags, readBotAPIConfig } from '../../src/config/bot-api-config.ts';
import { parseControlPlaneURL } from '../../src/config/public-url.ts';
import { UserError } from '../../src/config/user-error.ts';

const flags: BotAPIFlags = {
  botApi: true,
  botListen: '127.0.0.1:9465',
  maxLongPolls: '20000',
  registrationTokenLife: '1h',
  peerListen: ':9466',
};

const read = (change: Partial<BotAPIFlags> = {}) =>
  readBotAPIConfig({ ...flags, ...change }, { cwd: '/srv', leaderElect: false });

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof UserError);
    return `${error.message} ${error.next}`;
  }
  return assert.fail('it was not refused');
}

describe('the bot API’s flags', () => {
  it('have defaults that suit one machine', () => {
    assert.deepEqual(read(), {
      listen: { host: '127.0.0.1', port: 9465 },
      peerListen: undefined,
      maxLongPolls: 20_000,
      registrationTokenLife: 3_600_000,
      trustedProxies: [],
      tls: undefined,
    });
  });

  it('count for nothing with --no-bot-api', () => {
    assert.equal(read({ botApi: false, botListen: 'nonsense' }), undefined);
  });

  it('take TLS files relative to the current directory, both or none', () => {
    assert.deepEqual(read({ tlsCert: 'tls.crt', tlsKey: '/etc/tls.key' })?.tls, {
      cert: '/srv/tls.crt',
      key: '/etc/tls.key',
    });
    assert.match(
      refusal(() => read({ tlsCert: 'tls.crt' })),
      /--tls-cert and --tls-key belong together/,
    );
    assert.match(
      refusal(() => read({ tlsKey: 'tls.key' })),
      /belong together/,
    );
  });

  it('take addresses and networks as trusted proxies, and never everybody', () => {
    assert.deepEqual(read({ trustedProxies: '10.0.0.0/8, 192.0.2.7,2001:db8::/32,' })?.trustedProxies, [
      '10.0.0.0/8',
      '192.0.2.7',
      '2001:db8::/32',
    ]);
    for (const trustedProxies of [
      'proxy.local',
      '10.0.0.0/33',
      '0.0.0.0/0',
      '::/0',
      '2001:db8::/129',
      '10.0.0.1/8/8',
    ])
      assert.match(
        refusal(() => read({ trustedProxies })),
        /--trusted-proxies must be/,
        trustedProxies,
      );
  });

  it('have a place for other replicas where there can be some', () => {
    const replicated = (peerListen: string) =>
      readBotAPIConfig({ ...flags, peerListen }, { cwd: '/srv', leaderElect: true })?.peerListen;
    assert.deepEqual(replicated(':9466'), { host: '::', port: 9466 });
    assert.equal(replicated('off'), undefined);
    assert.match(
      refusal(() => replicated('x:y:z')),
      /--peer-listen/,
    );
  });

  it('name the flag that is wrong', () => {
    assert.match(
      refusal(() => read({ botListen: 'x:y:z' })),
      /--bot-listen must be HOST:PORT/,
    );
    assert.match(
      refusal(() => read({ botListen: 'off' })),
      /--no-bot-api/,
    );
    assert.match(
      refusal(() => read({ maxLongPolls: 'many' })),
      /--max-long-polls/,
    );
    assert.match(
      refusal(() => read({ registrationTokenLife: '1 hour' })),
      /--registration-token-life/,
    );
  });
});

describe('the control plane’s URL', () => {
  it('is https and public on a real cloud', () => {
    assert.equal(parseControlPlaneURL('https://fleet.example.com/', false), 'https://fleet.example.com');
    for (const url of [
      'http://fleet.example.com',
      'https://127.0.0.1',
      'https://10.1.2.3',
      'https://fleet.local',
    ])
      refusal(() => parseControlPlaneURL(url, false));
  });

  it('is anything over HTTP in practice, without credentials or query', () => {
    assert.equal(parseControlPlaneURL('http://127.0.0.1:9465', true), 'http://127.0.0.1:9465');
    for (const url of ['ftp://127.0.0.1', 'http://a:b@127.0.0.1', 'http://127.0.0.1/?a=b', 'fleet'])
      refusal(() => parseControlPlaneURL(url, true));
  });
});
