import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { DROPLET, rig, start } from '../support.ts';

test('the journal tells who asked for what and what became of it, without user-data or tokens', () => {
  const { call, clock, get, simulator } = rig();
  const { droplet } = call('POST', '/v2/droplets', { ...DROPLET, name: 'bot', user_data: 'top secret' }).body;
  clock.move(5);
  get(`/v2/droplets/${droplet.id}?x=1`);
  get('/v2/nonsense');
  const [create, read, unknown] = simulator.journal.entries();
  const sha256 = createHash('sha256').update('top secret').digest('hex');
  assert.deepEqual(create, {
    seq: 1,
    at: start,
    method: 'POST',
    path: '/v2/droplets',
    query: '',
    route: 'POST /v2/droplets',
    outcome: 'response',
    status: 202,
    dropletIDs: [droplet.id],
    durationMs: 0,
    body: { ...DROPLET, name: 'bot', user_data: { bytes: 10, sha256 } },
  });
  assert.equal(read?.route, 'GET /v2/droplets/:id');
  assert.equal(read?.query, 'x=1');
  assert.equal(read?.at, start + 5);
  assert.equal(unknown?.route, 'unknown');
  assert.doesNotMatch(JSON.stringify(simulator.journal.entries()), /secret|Bearer/);
});

test('a body that is no JSON is kept as size and hash only', () => {
  const { call, simulator } = rig();
  call('POST', '/v2/droplets', '{"user_data": "secret');
  assert.doesNotMatch(JSON.stringify(simulator.journal.entries()), /secret/);
});

test('the journal keeps the latest entries, the counts keep all', () => {
  const { get, simulator } = rig({}, { journalCapacity: 10 });
  for (let nth = 0; nth < 35; nth += 1) get('/v2/account');
  get('/v2/droplets/1');
  const entries = simulator.journal.entries();
  assert.deepEqual([entries.length, entries[0]?.seq, entries.at(-1)?.seq], [10, 27, 36]);
  assert.equal(simulator.journal.entries({ after: 34 }).length, 2);
  assert.equal(simulator.journal.entries({ route: 'GET /v2/droplets/:id' }).length, 1);
  assert.deepEqual(simulator.journal.counts(), [
    { route: 'GET /v2/account', requests: 35, statuses: { 200: 35 } },
    { route: 'GET /v2/droplets/:id', requests: 1, statuses: { 404: 1 } },
  ]);
});

test('the journal can be appended to a file, a line an entry', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'simulator-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const journalFile = join(folder, 'journal.jsonl');
  const { get, simulator } = rig({}, { journalFile });
  get('/v2/account');
  simulator.close();
  const lines = readFileSync(journalFile, 'utf8').trimEnd().split('\n');
  assert.equal(JSON.parse(lines[0] ?? '').route, 'GET /v2/account');
});

test('lives tell births, deaths and every pair that lived at once under one name', () => {
  const { call, clock, make, simulator } = rig();
  const first = make('bot');
  clock.move(1_000);
  call('DELETE', `/v2/droplets/${first}`);
  simulator.now();
  const second = make('bot');
  clock.move(1_000);
  const third = make('bot');
  assert.deepEqual(simulator.lives.lives(), [
    { id: first, name: 'bot', createdAt: start, destroyedAt: start + 1_000 },
    { id: second, name: 'bot', createdAt: start + 1_000 },
    { id: third, name: 'bot', createdAt: start + 2_000 },
  ]);
  assert.deepEqual(simulator.lives.overlaps(), [{ name: 'bot', ids: [second, third], from: start + 2_000 }]);
  clock.move(500);
  simulator.destroy(third);
  assert.equal(simulator.lives.overlaps()[0]?.until, start + 2_500);
});

test('cost runs by the hour at the size’s price, for off droplets too, and stops at death', () => {
  const { act, call, clock, make, simulator } = rig();
  const id = make('bot', { size: 's-1vcpu-1gb' });
  clock.move(1_000);
  act(id, 'power_off');
  clock.move(3_599_000);
  act(id, 'resize', { size: 's-2vcpu-4gb', disk: true });
  simulator.now();
  clock.move(3_600_000);
  call('DELETE', `/v2/droplets/${id}`);
  simulator.now();
  clock.move(3_600_000);
  const { usd, dropletHours } = simulator.lives.cost(simulator.now());
  assert.ok(Math.abs(usd - (0.00893 + 0.03571)) < 1e-9, String(usd));
  assert.equal(dropletHours, 2);
});

test('the same seed and the same requests give the same answers, to the byte', () => {
  const run = () => {
    const chances = { shutdownIgnored: 0.5, lateTags: 0.5, createFails: 0.2, jitter: 0.3 };
    const times = { bootMs: 500, actionMs: 300, deleteMs: 200, listLagMs: 400 };
    const { clock, raw, simulator } = rig({ ...chances, ...times });
    simulator.faults.order({ probability: 0.2, effect: 'cutAfter' });
    const answers: unknown[] = [];
    for (let nth = 0; nth < 60; nth += 1) {
      answers.push(raw('POST', '/v2/droplets', { ...DROPLET, name: `bot-${nth}`, tags: ['fleet'] }));
      clock.move(100);
      answers.push(raw('GET', '/v2/droplets?tag_name=fleet&per_page=200'));
      answers.push(raw('POST', '/v2/droplets/actions?tag_name=fleet', { type: 'shutdown' }));
      answers.push(raw('DELETE', `/v2/droplets/${400_000_001 + nth - 5}`));
    }
    return answers;
  };
  assert.deepEqual(run(), run());
});
