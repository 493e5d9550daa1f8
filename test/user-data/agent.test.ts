import assert from 'node:assert/strict';
import { renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { selfSigned } from '../lab/certificate.ts';
import { patience } from '../lab/patience.ts';
import { type Droplet, newDroplet } from './support/droplet.ts';
import { limit } from './support/private-root.ts';
import { acknowledge, BEAT, CONFIG, REGISTER } from './support/start-bot-api.ts';

/** No beat falls into a test: what happens is brought about by long polls alone. */
const noSecondBeat = { OPENCLAW_BEAT_SECONDS: '60' };
const unavailable = { status: 503, headers: { connection: 'close' }, body: '{"title":"Not the leader"}' };

describe('the agent on a droplet', { concurrency: 6 }, () => {
  test(
    'a changed config arrives by the long poll, without a beat and without a restart',
    limit,
    async (t) => {
      const droplet = await newDroplet(t, { environment: noSecondBeat });
      const { api } = droplet;
      api.declare({ id: '1-a', trading: { strictness: 'low' } });
      await droplet.bootQuickly();
      droplet.startRunner();
      const held = () => api.callsOf(CONFIG).find((call) => call.ifNoneMatch === '"1-a.Rev1"');
      await api.until('a long poll', () => held() !== undefined);
      assert.match(held()?.query.get('wait') ?? '', /^(59|60)s$/);
      api.declare({ id: '2-b', trading: { strictness: 'high' } });
      await api.until('its acknowledgement', () => acknowledged(droplet, '2-b'));
      assert.deepEqual(droplet.config, { id: '2-b', trading: { strictness: 'high' } });
      assert.equal(api.callsOf(BEAT).length, 1);
    },
  );

  test(
    'polls that are answered at once do not make it busy: a beat names the new config',
    limit,
    async (t) => {
      const droplet = await newDroplet(t);
      const { api } = droplet;
      api.declare({ id: '1-a' });
      await droplet.bootQuickly();
      droplet.startRunner();
      await api.until('an acknowledgement', () => acknowledged(droplet, '1-a'));
      const shed = { status: 304, headers: { etag: '"1-a.Rev1"' }, body: '' };
      api.spoil(CONFIG, shed, shed, shed);
      await api.until(
        'two shed polls',
        () => api.callsOf(CONFIG).filter(({ status }) => status === 304).length >= 2,
      );
      const { length } = api.calls;
      api.declare({ id: '2-b' });
      await api.until('its acknowledgement', () => acknowledged(droplet, '2-b'));
      const after = api.calls.slice(length).map(({ route, ifNoneMatch }) => [route, ifNoneMatch]);
      assert.deepEqual(after.slice(-3), [
        [BEAT, undefined],
        [CONFIG, undefined],
        [acknowledge, undefined],
      ]);
      assert.ok(after.length <= 6, JSON.stringify(after));
    },
  );

  test('beats keep their time while polls are held, and come without a config too', limit, async (t) => {
    const droplet = await newDroplet(t);
    const { api } = droplet;
    await droplet.bootQuickly();
    droplet.startRunner();
    await api.until('two beats', () => api.callsOf(BEAT).length >= 2);
    api.declare({ id: '1-a' });
    await api.until('five beats', () => api.callsOf(BEAT).length >= 5);
    const times = api.callsOf(BEAT).map(({ came }) => came);
    const period = ((times[4] ?? 0) - (times[0] ?? 0)) / 4;
    assert.ok(period > 900 && period < 2_500 * patience, `${times}`);
  });

  test('lost answers, 503, 429 and 500 are tried again, and nothing is done twice', limit, async (t) => {
    const droplet = await newDroplet(t);
    const { api } = droplet;
    api.declare({ id: '1-a' });
    await droplet.bootQuickly();
    api.spoil(BEAT, 'lost', unavailable, { status: 429, body: '' });
    api.spoil(CONFIG, 'lost', 'cut', unavailable);
    api.spoil(acknowledge, { status: 500, body: 'oops' }, 'lost');
    const runner = droplet.startRunner();
    await api.until('an acknowledgement', () => acknowledged(droplet, '1-a'));
    assert.equal(api.callsOf(acknowledge).length, 3);
    const { output } = await runner.kill('SIGTERM');
    assert.match(output, /^heartbeat failed, to be tried again: answer 503 from http:\S+$/m);
    assert.match(output, /^config not fetched, to be tried again: curl: \(18\)/m);
    assert.match(output, /^config 1-a not acknowledged, to be fetched again: answer 500/m);
  });

  test(
    'pauses after failures are spread, and as long as Retry-After asks, within reason',
    limit,
    async (t) => {
      const environment = { OPENCLAW_RETRY_SECONDS: '1' };
      const droplet = await newDroplet(t, { watched: true, environment });
      const { api } = droplet;
      await droplet.bootQuickly();
      const asking = (seconds: string) => ({ ...unavailable, headers: { 'Retry-After': seconds } });
      api.spoil(BEAT, ...Array(5).fill(unavailable), asking('2'), asking('86400'));
      droplet.startRunner();
      await api.until('seven refusals', () => api.callsOf(BEAT).length >= 7);
      const pauses = () => droplet.root.callsOf('sleep').map(Number);
      while (pauses().length < 7) await sleep(20);
      const [told = 0, capped = 0] = pauses().slice(-2);
      const spread = pauses().slice(0, 5);
      assert.ok(
        spread.every((pause) => pause >= 0 && pause <= 1),
        `${spread}`,
      );
      assert.ok(new Set(spread).size > 1, `${spread}`);
      assert.ok(told >= 2 && told <= 3, `${told}`);
      assert.ok(capped >= 300 && capped <= 301, `${capped}`);
    },
  );

  test('only a whole JSON object with an id is ever written', limit, async (t) => {
    const droplet = await newDroplet(t);
    const { api } = droplet;
    api.declare({ id: '1-good' });
    await droplet.bootQuickly();
    droplet.startRunner();
    await api.until('an acknowledgement', () => acknowledged(droplet, '1-good'));
    const texts = [
      '{"id":"2-cut","version":',
      '{"id":"2-a"}{"id":"2-b"}',
      '["2-c"]',
      '{"id":""}',
      '{"id":7}',
      '{"id":"2-x\\r\\nEvil: 1"}',
      '"2-d"',
      '',
      '\0\0',
      '<html>Welcome</html>',
      `{"id":"2-big","filler":"${'x'.repeat(1_100_000)}"}`,
    ];
    const garbage = texts.map((body) => ({ status: 200, body }));
    api.spoil(CONFIG, ...garbage, 'cut');
    api.spoil(BEAT, { status: 200, body: '<html>Welcome</html>' }, { status: 200, body: '' });
    const { ino } = statSync(droplet.statePath('config.json'));
    const fetched = api.callsOf(CONFIG).length;
    await api.until('all of it was fetched', () => api.callsOf(CONFIG).length > fetched + texts.length + 2);
    assert.deepEqual(droplet.config, { id: '1-good' });
    assert.equal(statSync(droplet.statePath('config.json')).ino, ino);
    assert.equal(api.callsOf(acknowledge).length, 1);
    api.declare({ id: '3-good' });
    await api.until('the next good one', () => acknowledged(droplet, '3-good'));
  });

  test(
    'an outdated acknowledgement makes it fetch at once, and again only after a pause',
    limit,
    async (t) => {
      const droplet = await newDroplet(t, { environment: noSecondBeat });
      const { api } = droplet;
      api.declare({ id: '1-a' });
      await droplet.bootQuickly();
      const outdated = { status: 409, body: '{"title":"Not the desired config"}' };
      api.spoil(acknowledge, outdated, outdated);
      droplet.startRunner();
      await api.until('an acknowledgement', () => acknowledged(droplet, '1-a'));
      assert.deepEqual(
        api.calls.filter(({ route }) => route !== REGISTER).map(({ route }) => route),
        [BEAT, CONFIG, acknowledge, CONFIG, acknowledge, BEAT, CONFIG, acknowledge],
      );
    },
  );

  test(
    'a config that changes between fetch and acknowledgement is replaced by the newer one',
    limit,
    async (t) => {
      const droplet = await newDroplet(t, { environment: noSecondBeat });
      const { api } = droplet;
      await droplet.bootQuickly();
      api.declare({ id: '1-a' });
      api.spoil(CONFIG, { status: 200, body: '{"id":"1-a"}' });
      api.declare({ id: '2-b' });
      droplet.startRunner();
      await api.until('an acknowledgement', () => acknowledged(droplet, '2-b'));
      assert.deepEqual(
        api.callsOf(acknowledge).map(({ body, status }) => [body['config_id'], status]),
        [
          ['1-a', 409],
          ['2-b', 200],
        ],
      );
      assert.deepEqual(droplet.config, { id: '2-b' });
    },
  );

  test(
    'after a power cut it registers nothing, keeps its config and acknowledges it again',
    limit,
    async (t) => {
      const droplet = await newDroplet(t);
      const { api } = droplet;
      api.declare({ id: '1-a' });
      await droplet.bootQuickly();
      const runner = droplet.startRunner();
      await api.until('an acknowledgement', () => acknowledged(droplet, '1-a'));
      await runner.kill('SIGKILL');
      const { ino } = statSync(droplet.statePath('config.json'));
      droplet.startRunner();
      await api.until('another one', () => api.callsOf(acknowledge)[1]?.status === 200);
      assert.equal(statSync(droplet.statePath('config.json')).ino, ino);
      assert.equal(api.callsOf(REGISTER).length, 1);
    },
  );

  test('it beats before jq is installed, and fetches its config as soon as it is', limit, async (t) => {
    const droplet = await newDroplet(t);
    const { api, root } = droplet;
    api.declare({ id: '1-a' });
    await droplet.bootQuickly();
    renameSync(root.path('bin', 'jq'), root.path('bin', 'jq-to-come'));
    droplet.startRunner();
    await api.until('two beats', () => api.callsOf(BEAT).length >= 2);
    assert.deepEqual(api.callsOf(CONFIG), []);
    renameSync(root.path('bin', 'jq-to-come'), root.path('bin', 'jq'));
    await api.until('an acknowledgement', () => acknowledged(droplet, '1-a'));
  });

  test(
    'a fleet moves to the address that the config names, and a reboot does not bring it back',
    limit,
    async (t) => {
      const droplet = await newDroplet(t);
      const { api } = droplet;
      await droplet.bootQuickly();
      const [before, after] = [api.url, await api.openDoor()];
      api.declare({ id: '1-a' });
      const runner = droplet.startRunner();
      await api.until('an acknowledgement', () => acknowledged(droplet, '1-a'));
      api.declare({ id: '1-a', control_plane_urls: [`${after}/`] });
      await api.until('a beat there', () => api.callsOf(BEAT).some(({ at }) => at === after));
      assert.equal(api.callsOf(acknowledge).length, 1, 'addresses are no part of the id');
      await api.close(before);
      const beats = api.callsOf(BEAT).length;
      await api.until('beats go on', () => api.callsOf(BEAT).length >= beats + 2);
      await runner.kill('SIGKILL');
      const acknowledgements = api.callsOf(acknowledge).length;
      droplet.startRunner();
      await api.until('an acknowledgement', () => api.callsOf(acknowledge).length > acknowledgements);
      assert.equal(api.callsOf(acknowledge).at(-1)?.at, after);
    },
  );

  test(
    'a wrong move does not cut the bot off: it returns to where its config came from',
    limit,
    async (t) => {
      const droplet = await newDroplet(t);
      const { api } = droplet;
      await droplet.bootQuickly();
      const [made, moved, dead] = [api.url, await api.openDoor(), await api.openDoor()];
      await api.close(dead);
      api.declare({ id: '1-a', control_plane_urls: [moved] });
      droplet.startRunner();
      await api.until('the first move', () => api.callsOf(BEAT).some(({ at }) => at === moved));
      await api.close(made);
      api.declare({ id: '2-b', control_plane_urls: [dead, 'not a url', 'ftp://x', 7] });
      await api.until('an acknowledgement', () => acknowledged(droplet, '2-b'));
      const beats = api.callsOf(BEAT).length;
      await api.until('beats go on', () => api.callsOf(BEAT).length >= beats + 2);
      api.declare({ id: '3-c' });
      await api.until('the correction', () => acknowledged(droplet, '3-c'));
    },
  );

  test('an address that failed is preferred again after twenty good beats elsewhere', limit, async (t) => {
    const droplet = await newDroplet(t, { environment: { OPENCLAW_BEAT_SECONDS: '0' } });
    const { api } = droplet;
    await droplet.bootQuickly();
    const [first, second] = [await api.openDoor(), api.url];
    const config = JSON.stringify({ id: '1-a', control_plane_urls: [first, second] });
    writeFileSync(droplet.statePath('config.json'), config);
    api.spoil(BEAT, unavailable);
    droplet.startRunner();
    await api.until('its return', () => api.callsOf(BEAT).length >= 22);
    const addresses = api.callsOf(BEAT).map(({ at }) => at);
    assert.deepEqual(addresses.slice(0, 22), [first, ...Array(20).fill(second), first]);
  });

  test('no config makes it send its token in the clear', limit, async (t) => {
    const tls = selfSigned('clawfleet-test');
    const droplet = await newDroplet(t, { tls, environment: { CURL_CA_BUNDLE: 'tmp/ca.pem' } });
    const { api } = droplet;
    droplet.root.write(tls.cert, 'tmp', 'ca.pem');
    const sentInTheClear: string[] = [];
    const plain = createServer((request, response) => {
      sentInTheClear.push(request.url ?? '');
      response.end();
    });
    plain.listen(0, '127.0.0.1');
    t.after(() => plain.close());
    await droplet.bootQuickly();
    const { port } = plain.address() as { port: number };
    api.declare({ id: '1-a', control_plane_urls: [`http://127.0.0.1:${port}`] });
    droplet.startRunner();
    await api.until('an acknowledgement', () => acknowledged(droplet, '1-a'));
    const beats = api.callsOf(BEAT).length;
    await api.until('two beats more', () => api.callsOf(BEAT).length >= beats + 2);
    assert.deepEqual(sentInTheClear, []);
  });

  test('a new registration token, handed over by hand, gives it a new token of its own', limit, async (t) => {
    const droplet = await newDroplet(t);
    const { api, root } = droplet;
    await droplet.bootQuickly();
    const token = api.agentToken;
    api.declare({ id: '1-a' });
    const runner = droplet.startRunner();
    await api.until('an acknowledgement', () => acknowledged(droplet, '1-a'));
    api.replaceToken('reg-second');
    await api.until('a refused beat', () => api.callsOf(BEAT).at(-1)?.status === 401);
    const agent = root.path('usr', 'local', 'lib', 'openclaw', 'agent');
    assert.equal((await root.startWith('reg-second\n', agent, 'enrol').ended).code, 0);
    await api.until('another acknowledgement', () => api.callsOf(acknowledge)[1]?.status === 200);
    assert.deepEqual(droplet.config, { id: '1-a' });
    assert.notEqual(api.agentToken, token);
    assert.equal(api.callsOf(REGISTER).length, 2);
    assert.match((await runner.kill('SIGTERM')).output, /^heartbeat failed, to be tried again: answer 401/m);
    assert.equal((await root.startWith('', agent, 'enrol').ended).code, 1);
  });

  test(
    'a person who mends a step by hand takes its line out of the status, and the next beat says so',
    limit,
    async (t) => {
      const droplet = await newDroplet(t);
      const { api, root } = droplet;
      await droplet.bootQuickly();
      const tell = (...lines: string[]) =>
        root.write(lines.map((line) => `${line}\n`).join(''), 'opt', 'openclaw', 'bootstrap_status.txt');
      const reported = (bootstrap: object | undefined) =>
        api.until(`the report ${JSON.stringify(bootstrap)}`, () =>
          isDeepStrictEqual(api.callsOf(BEAT).at(-1)?.body['bootstrap'], bootstrap),
        );
      tell('ended', 'node', 'registration', 'runner', '', 'global npm packages');
      droplet.startRunner();
      await reported({ running: false, failed_steps: ['node', 'global npm packages'] });
      tell('ended', 'global npm packages');
      await reported({ running: false, failed_steps: ['global npm packages'] });
      tell('ended', `a "b"\\\u001b${'x'.repeat(100)}`, ...Array(40).fill('step'));
      const steps = [`a _b___${'x'.repeat(57)}`, ...Array(31).fill('step')];
      await reported({ running: false, failed_steps: steps });
      unlinkSync(root.path('opt', 'openclaw', 'bootstrap_status.txt'));
      await reported(undefined);
    },
  );

  test('a control plane that refuses the report gets the beat without it', limit, async (t) => {
    const droplet = await newDroplet(t);
    const { api } = droplet;
    await droplet.bootQuickly();
    api.spoil(BEAT, { status: 400, body: '{"title":"The request is not as it must be"}' });
    const runner = droplet.startRunner();
    await api.until('a second beat', () => api.callsOf(BEAT).length >= 2);
    assert.deepEqual(
      api
        .callsOf(BEAT)
        .map(({ body, status }) => ['bootstrap' in body, status])
        .slice(0, 2),
      [
        [true, 400],
        [false, 200],
      ],
    );
    assert.match((await runner.kill('SIGTERM')).output, /^the report of the bootstrap was refused/m);
  });

  test('the health script says what is wrong', limit, async (t) => {
    const droplet = await newDroplet(t);
    const { api, root } = droplet;
    await droplet.bootQuickly();
    api.declare({ id: '1-a' });
    const runner = droplet.startRunner();
    await api.until('an acknowledgement', () => acknowledged(droplet, '1-a'));
    await runner.kill('SIGTERM');
    const health = () => root.run(root.path('opt', 'openclaw', 'health.sh'));
    assert.equal((await health()).code, 0);
    writeFileSync(droplet.statePath('config.json'), '{"id":');
    const broken = await health();
    assert.equal(broken.code, 1);
    assert.match(broken.output, /^FAILED {2}config present and valid$/m);
    assert.match(broken.output, /^ok {6}registered with the control plane$/m);
  });
});

function acknowledged({ api }: Droplet, id: string): boolean {
  return api.callsOf(acknowledge).some(({ body, status }) => body['config_id'] === id && status === 200);
}
