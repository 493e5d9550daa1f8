import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { serveSimulator } from '../../../src/adapters/simulator/serve-simulator.ts';
import { instantSettings, type Settings } from '../../../src/adapters/simulator/settings.ts';
import { Simulator } from '../../../src/adapters/simulator/simulator.ts';
import { seededChance } from '../../../src/adapters/system/seeded-chance.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { DROPLET, json } from './support.ts';

async function served(t: TestContext, settings: Partial<Settings> = {}) {
  const simulator = new Simulator({
    clock: systemClock,
    chance: seededChance(1),
    settings: { ...instantSettings, ...settings },
  });
  const server = await serveSimulator(simulator);
  t.after(async () => {
    await server.close();
    simulator.close();
  });
  const headers = { authorization: 'Bearer token', 'content-type': 'application/json' };
  const ask = (method: string, path: string, body?: unknown, signal?: AbortSignal) =>
    fetch(server.url + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  return { simulator, server, ask };
}

test('the whole life of a droplet over HTTP', async (t) => {
  const { ask } = await served(t);
  const created = await ask('POST', '/v2/droplets', { ...DROPLET, name: 'bot' });
  assert.equal(created.status, 202);
  const { droplet } = await json(created);
  const shown = await ask('GET', `/v2/droplets/${droplet.id}`);
  assert.equal((await json(shown)).droplet.status, 'active');
  const deleted = await ask('DELETE', `/v2/droplets/${droplet.id}`);
  assert.equal(deleted.status, 204);
  assert.equal(await deleted.text(), '');
  assert.equal((await ask('GET', `/v2/droplets/${droplet.id}`)).status, 404);
});

test('a client that follows links.pages.next sees every droplet', async (t) => {
  const { ask, server } = await served(t);
  for (let nth = 0; nth < 7; nth += 1) await ask('POST', '/v2/droplets', { ...DROPLET, name: `bot-${nth}` });
  const names = new Set<string>();
  let next: string | undefined = `${server.url}/v2/droplets?per_page=3`;
  for (let page = 1; next !== undefined; page += 1) {
    assert.ok(page <= 3, 'the links lead on and on');
    const response: Response = await fetch(next, { headers: { authorization: 'Bearer token' } });
    const { droplets, links } = await json(response);
    for (const { name } of droplets) names.add(name);
    next = links.pages.next;
  }
  assert.equal(names.size, 7);
});

test('a lost answer closes the connection, and the droplet is there', async (t) => {
  const { ask, simulator } = await served(t);
  simulator.faults.order({ effect: 'cutAfter' });
  await assert.rejects(ask('POST', '/v2/droplets', { ...DROPLET, name: 'bot' }), /fetch failed/);
  assert.equal(simulator.droplets().length, 1);
});

test('a lost request closes the connection, and nothing is there', async (t) => {
  const { ask, simulator } = await served(t);
  simulator.faults.order({ effect: 'cutBefore' });
  await assert.rejects(ask('POST', '/v2/droplets', { ...DROPLET, name: 'bot' }), /fetch failed/);
  assert.deepEqual(simulator.droplets(), []);
});

test('a connection cut amid the body shows the status first', async (t) => {
  const { ask, simulator } = await served(t);
  simulator.faults.order({ effect: 'cutDuring' });
  const response = await ask('GET', '/v2/sizes');
  assert.equal(response.status, 200);
  await assert.rejects(response.text(), /terminated/);
});

test('a hanging request ends by the client’s own deadline', async (t) => {
  const { ask, simulator } = await served(t);
  simulator.faults.order({ effect: 'hangAfter', times: 1 });
  const deadline = AbortSignal.timeout(100);
  await assert.rejects(ask('POST', '/v2/droplets', { ...DROPLET, name: 'bot' }, deadline), /timeout/);
  assert.equal(simulator.droplets().length, 1);
  assert.equal((await ask('GET', '/v2/account')).status, 200);
});

test('latency and ordered delays are really waited for', async (t) => {
  const { ask, simulator } = await served(t, { latencyMs: 30 });
  simulator.faults.order({ effect: 'delay', delayMs: 50 });
  const from = performance.now();
  await ask('GET', '/v2/account');
  assert.ok(performance.now() - from >= 79, 'answered too early');
});

test('a body longer than any request may be is refused with 413', async (t) => {
  const { ask } = await served(t);
  assert.equal((await ask('POST', '/v2/tags', { name: 'x'.repeat(1_100_000) })).status, 413);
});

test('a failure of the simulator itself is told, and shown as a 500', async (t) => {
  const simulator = new Simulator({ clock: systemClock, chance: seededChance(1) });
  const broken = new Error('out of order');
  const errors: unknown[] = [];
  simulator.handle = () => {
    throw broken;
  };
  const server = await serveSimulator(simulator, { onError: (error) => errors.push(error) });
  t.after(() => server.close());
  const response = await fetch(`${server.url}/v2/account`);
  assert.equal(response.status, 500);
  assert.deepEqual(errors, [broken]);
});

test('a port that is taken rejects', async (t) => {
  const { server, simulator } = await served(t);
  const port = Number(new URL(server.url).port);
  await assert.rejects(serveSimulator(simulator, { port }), /EADDRINUSE/);
});

test('the admin routes work over HTTP, need no token and leave no trace in the journal', async (t) => {
  const { ask, server, simulator } = await served(t);
  const admin = async (method: string, path: string, body?: unknown) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${server.url}/_simulator${path}`, { method, ...sent });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };
  const { droplet } = await json(
    await ask('POST', '/v2/droplets', { ...DROPLET, name: 'bot', user_data: 'hello' }),
  );
  const edit = { name: 'renamed', status: 'off', tags: ['Stray'] };
  const edited = await admin('PATCH', `/droplets/${droplet.id}`, edit);
  assert.deepEqual([edited.body.droplet.name, edited.body.droplet.tags], ['renamed', ['Stray']]);
  const shown = await json(await ask('GET', '/v2/droplets?tag_name=stray'));
  assert.equal(shown.droplets[0].status, 'off');
  assert.equal((await admin('GET', `/droplets/${droplet.id}/user-data`)).body.user_data, 'hello');
  assert.equal((await admin('PATCH', '/settings', { bootMs: 7 })).body.settings.bootMs, 7);
  const bad = await admin('PATCH', '/settings', { bootMs: -1, colour: 'red' });
  assert.equal(bad.status, 422);
  assert.match(bad.body.message, /bootMs/);
  const before = (await admin('GET', '/clock')).body.now;
  assert.ok((await admin('POST', '/clock', { advanceMs: 60_000 })).body.now >= before + 60_000);
  assert.equal((await admin('POST', '/faults', { id: 'f', effect: 'cutBefore', nth: 99 })).body.id, 'f');
  assert.equal((await admin('GET', '/faults')).body.faults.length, 1);
  assert.equal((await admin('DELETE', '/faults/f')).status, 204);
  assert.equal((await admin('DELETE', '/faults/f')).status, 404);
  assert.equal((await admin('POST', '/faults', { effect: 'explode' })).status, 422);
  assert.equal((await admin('DELETE', `/droplets/${droplet.id}`)).status, 204);
  assert.equal((await admin('GET', `/droplets/${droplet.id}`)).status, 404);
  assert.equal((await admin('GET', '/lives')).body.lives[0].name, 'bot');
  assert.equal((await admin('GET', '/counts')).body.routes.length, 2);
  const { entries } = (await admin('GET', '/journal?method=POST')).body;
  assert.deepEqual(
    entries.map(({ route }: { route: string }) => route),
    ['POST /v2/droplets'],
  );
  assert.equal((await admin('GET', '/journal?after=x')).status, 400);
  assert.equal(simulator.journal.entries().length, 2);
});
