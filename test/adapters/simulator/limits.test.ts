import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestWindow } from '../../../src/adapters/simulator/api/rate-limits.ts';
import { refused, rig, start } from './support.ts';

test('the minute limit slides: each request is free again a minute after it was made', () => {
  const { clock, get } = rig({ minuteLimit: 3, hourlyLimit: 5_000 });
  get('/v2/account');
  clock.move(20_000);
  get('/v2/account');
  get('/v2/account');
  const limited = get('/v2/account');
  refused(limited, 429, 'API rate limit exceeded.');
  assert.equal(limited.body.id, 'too_many_requests');
  assert.equal(limited.headers['retry-after'], '40');
  clock.move(40_000);
  assert.equal(get('/v2/account').status, 200);
  assert.equal(get('/v2/account').status, 429);
});

test('an hourly 429 tells no retry-after, only when the oldest request expires', () => {
  const { clock, get } = rig({ hourlyLimit: 2 });
  get('/v2/account');
  clock.move(60_000);
  get('/v2/account');
  const { status, headers } = get('/v2/account');
  assert.equal(status, 429);
  assert.equal('retry-after' in headers, false);
  assert.equal(headers['ratelimit-limit'], '2');
  assert.equal(headers['ratelimit-remaining'], '0');
  assert.equal(headers['ratelimit-reset'], String((start + 3_600_000) / 1_000));
  clock.move(3_540_000);
  assert.equal(get('/v2/account').status, 200);
});

test('a request over the limit has no effect and does not count', () => {
  const { call, clock, get, simulator } = rig({ minuteLimit: 1 });
  get('/v2/account');
  for (let nth = 0; nth < 5; nth += 1) assert.equal(call('POST', '/v2/tags', { name: 'red' }).status, 429);
  assert.deepEqual(simulator.droplets(), []);
  clock.move(60_000);
  assert.equal(get('/v2/tags/red').status, 404);
});

test('each token has its own budget', () => {
  const { get } = rig({ minuteLimit: 1 });
  assert.equal(get('/v2/account', 'one').status, 200);
  assert.equal(get('/v2/account', 'two').status, 200);
  assert.equal(get('/v2/account', 'one').status, 429);
});

test('the list of keys has a limit of its own: ten in a minute', () => {
  const { clock, get } = rig({ minuteLimit: 250 });
  for (let nth = 0; nth < 10; nth += 1) assert.equal(get('/v2/account/keys').status, 200);
  assert.equal(get('/v2/account/keys').status, 429);
  assert.equal(get('/v2/account').status, 200);
  clock.move(60_000);
  assert.equal(get('/v2/account/keys').status, 200);
});

test('limits that are off refuse nothing and show a number that nobody reaches', () => {
  const { get } = rig();
  for (let nth = 0; nth < 6_000; nth += 1) assert.equal(get('/v2/droplets/1').status, 404);
  assert.equal(get('/v2/account').headers['ratelimit-remaining'], '1000000000');
});

test('a sliding window never lets more through in any span than its limit', () => {
  const window = new RequestWindow(1_000);
  const taken: number[] = [];
  for (let now = 0; now < 20_000; now += 7) {
    if (window.used(now) >= 50) continue;
    window.take(now);
    taken.push(now);
  }
  for (const [at, time] of taken.entries()) {
    const fiftyLater = taken[at + 50];
    if (fiftyLater !== undefined) assert.ok(fiftyLater - time >= 1_000, `${time} to ${fiftyLater}`);
  }
  assert.ok(taken.length >= 950, String(taken.length));
});
