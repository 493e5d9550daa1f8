import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FaultRule } from '../../../../src/adapters/simulator/faults/fault-rule.ts';
import { DROPLET, rig } from '../support.ts';

const CREATE = { method: 'POST', path: '/v2/droplets' };

/** Sends one create under a fault: what was answered, and whether a droplet came of it. */
function createUnder(fault: Omit<FaultRule, 'match'>) {
  const made = rig();
  made.simulator.faults.order({ match: CREATE, ...fault });
  const answer = made.raw('POST', '/v2/droplets', { ...DROPLET, name: 'bot' });
  return { ...made, answer, exists: made.simulator.droplets().length === 1 };
}

test('a request can be lost on its way: no answer, no effect', () => {
  const { answer, exists } = createUnder({ effect: 'cutBefore' });
  assert.deepEqual(answer, { kind: 'cutBeforeEffect', delayMs: 0 });
  assert.equal(exists, false);
});

test('an answer can be lost: no answer, but the effect', () => {
  const { answer, exists } = createUnder({ effect: 'cutAfter', delayMs: 50 });
  assert.deepEqual(answer, { kind: 'cutAfterEffect', delayMs: 50 });
  assert.equal(exists, true);
});

test('a connection can be cut amid the body', () => {
  const { answer, exists } = createUnder({ effect: 'cutDuring' });
  assert.ok(answer.kind === 'cutDuringBody');
  assert.equal(answer.status, 202);
  assert.equal(exists, true);
});

test('a request can hang, with and without effect', () => {
  const before = createUnder({ effect: 'hangBefore' });
  assert.deepEqual([before.answer.kind, before.exists], ['hang', false]);
  const after = createUnder({ effect: 'hangAfter' });
  assert.deepEqual([after.answer.kind, after.exists], ['hang', true]);
});

test('a request can take effect long after the client gave up', () => {
  const { answer, exists, clock, simulator } = createUnder({ effect: 'late', delayMs: 90_000 });
  assert.equal(answer.kind, 'hang');
  assert.equal(exists, false);
  clock.move(89_999);
  assert.deepEqual(simulator.droplets(), []);
  clock.move(1);
  assert.equal(simulator.droplets()[0]?.name, 'bot');
  assert.deepEqual(simulator.journal.entries()[0]?.dropletIDs, [simulator.droplets()[0]?.id]);
});

test('an error status can hide that the request took effect', () => {
  const hidden = createUnder({ effect: 'status', status: 503, applied: true });
  assert.ok(hidden.answer.kind === 'response');
  assert.equal(hidden.answer.status, 503);
  assert.equal(hidden.exists, true);
  const honest = createUnder({ effect: 'status', status: 503 });
  assert.equal(honest.exists, false);
});

test('a fault can claim a rate limit, with the time to wait', () => {
  const { answer, exists } = createUnder({ effect: 'status', status: 429, retryAfterSeconds: 7 });
  assert.ok(answer.kind === 'response');
  assert.equal(answer.headers['retry-after'], '7');
  assert.equal(exists, false);
});

test('a fault can only delay', () => {
  const { answer, exists } = createUnder({ effect: 'delay', delayMs: 300 });
  assert.ok(answer.kind === 'response');
  assert.deepEqual([answer.status, answer.delayMs, exists], [202, 300, true]);
});

test('a script picks requests by count, by method, by path and by body', () => {
  const { make, raw, simulator } = rig();
  const id = make('bot');
  const fails = (method: string, path: string, body?: unknown) => raw(method, path, body).kind !== 'response';
  simulator.faults.order({ id: 'third', match: { path: '/v2/account' }, nth: 3, effect: 'cutBefore' });
  const third = Array.from({ length: 5 }, () => fails('GET', '/v2/account'));
  assert.deepEqual(third, [false, false, true, false, false]);
  simulator.faults.order({ match: { path: '/v2/droplets/*' }, times: 2, effect: 'cutBefore' });
  const twice = Array.from({ length: 3 }, () => fails('GET', `/v2/droplets/${id}`));
  assert.deepEqual(twice, [true, true, false]);
  simulator.faults.order({ match: { method: 'post', bodyIncludes: '"unlucky"' }, effect: 'cutBefore' });
  const bodies = ['lucky', 'unlucky'].map((name) => fails('POST', '/v2/droplets', { ...DROPLET, name }));
  assert.deepEqual(bodies, [false, true]);
  assert.equal(fails('GET', '/v2/droplets?name=unlucky'), false);
  assert.deepEqual(
    simulator.faults.list().map(({ matched, fired }) => [matched, fired]),
    [
      [5, 1],
      [3, 2],
      [1, 1],
    ],
  );
  assert.equal(simulator.faults.withdraw('third'), true);
  assert.equal(simulator.faults.withdraw('third'), false);
});

test('a probability strikes about that often, and a seed repeats it exactly', () => {
  const struck = () => {
    const { raw, simulator } = rig();
    simulator.faults.order({ probability: 0.3, effect: 'cutBefore' });
    return Array.from({ length: 1_000 }, () => raw('GET', '/v2/account').kind === 'cutBeforeEffect');
  };
  const first = struck();
  const share = first.filter(Boolean).length / first.length;
  assert.ok(share > 0.25 && share < 0.35, String(share));
  assert.deepEqual(struck(), first);
});

test('only requests that were let in are struck', () => {
  const { get, raw, simulator } = rig({ minuteLimit: 1 });
  simulator.faults.order({ effect: 'cutBefore', nth: 1 });
  assert.equal(raw('GET', '/v2/account').kind, 'cutBeforeEffect');
  assert.equal(get('/v2/account').status, 429);
  assert.equal(simulator.faults.list()[0]?.matched, 1);
});
