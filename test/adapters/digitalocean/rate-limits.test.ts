import assert from 'node:assert/strict';
import test from 'node:test';
import { digitalOceanClouds } from '../../../src/adapters/digitalocean/digital-ocean-clouds.ts';
import type { TransportResponse } from '../../../src/adapters/digitalocean/transport/transport.ts';
import { seededChance } from '../../../src/adapters/system/seeded-chance.ts';
import { faultOf } from '../../../src/ports/port-error.ts';
import { wireDroplet } from './fake-api.ts';
import { virtualClock } from './virtual-clock.ts';

const ok = { status: 200, headers: {}, body: JSON.stringify({ droplet: wireDroplet(1) }) };
const urgent = { class: 'urgent' } as const;

function tooMany(headers: Record<string, string> = {}): TransportResponse {
  return { status: 429, headers, body: '<html>slow down</html>' };
}

/** A cloud that is answered in turn by `answers`, then by success; on a clock that moves by hand. */
function rig(answers: TransportResponse[], readRetries = 0) {
  const clock = virtualClock();
  const sentAt: number[] = [];
  const clouds = digitalOceanClouds({
    token: 't',
    apiURL: 'https://cloud.example',
    userAgent: 'test',
    clock,
    chance: seededChance(1),
    readRetries,
    transport: async () => {
      sentAt.push(clock.monotonic());
      return answers.shift() ?? ok;
    },
  });
  const cloud = clouds.forToken(undefined);
  const until = async () => {
    const error = await cloud.getDroplet(1, urgent).catch((reason: unknown) => reason);
    const fault = faultOf(error, 'rateLimited');
    assert.equal(fault?.kind, 'rateLimited');
    return fault?.kind === 'rateLimited' ? fault.until - clock.now() : Number.NaN;
  };
  return { clock, cloud, sentAt, until };
}

test('retry-after in seconds is obeyed', async () => {
  const { until, clock, cloud, sentAt } = rig([tooMany({ 'retry-after': '42' })]);
  assert.equal(await until(), 42_000);
  assert.equal(cloud.budget.snapshot().blockedUntil, clock.now() + 42_000);
  await clock.until(cloud.getDroplet(1, urgent));
  assert.deepEqual(sentAt, [0, 42_000]);
});

test('retry-after as a date counts from the date of the answer, not from our clock', async () => {
  const date = new Date('2031-07-01T00:00:00Z');
  const headers = { date: date.toUTCString(), 'retry-after': new Date(date.getTime() + 9000).toUTCString() };
  assert.equal(await rig([tooMany(headers)]).until(), 9000);
});

test('without retry-after an hourly 429 waits for ratelimit-reset', async () => {
  const reset = String(virtualClock().now() / 1000 + 600);
  const headers = { 'ratelimit-limit': '5000', 'ratelimit-remaining': '0', 'ratelimit-reset': reset };
  assert.equal(await rig([tooMany(headers)]).until(), 600_000);
});

test('a reset says nothing about a burst: the 429 is then met by back-off', async () => {
  const reset = String(virtualClock().now() / 1000 + 3000);
  const headers = { 'ratelimit-limit': '5000', 'ratelimit-remaining': '4700', 'ratelimit-reset': reset };
  const wait = await rig([tooMany(headers)]).until();
  assert.ok(wait >= 1000 && wait <= 2001, `${wait} ms`);
});

test('429s without any hint are met by longer and longer waits, and forgotten after a success', async () => {
  const { clock, until, cloud } = rig([tooMany(), tooMany(), tooMany(), ok, tooMany()]);
  const waits: number[] = [];
  for (let index = 0; index < 3; index++) {
    const wait = await until();
    waits.push(wait);
    await clock.advance(wait);
  }
  const [first = 0, second = 0, third = 0] = waits;
  assert.ok(first <= 2001 && second >= 2000 && third >= 4000, String(waits));
  await cloud.getDroplet(1, urgent);
  assert.ok((await until()) <= 2001);
});

test('nonsense in the headers neither stops the calls for ever nor throws', async () => {
  const nonsense = { 'retry-after': '999999999', 'ratelimit-limit': 'x', 'ratelimit-remaining': '-3' };
  assert.equal(await rig([tooMany(nonsense)]).until(), 3_600_000);
  const wait = await rig([tooMany({ 'retry-after': 'soon' })]).until();
  assert.ok(wait >= 1000 && wait <= 2001);
});

test('a read waits out a rate limit that ends before its deadline', async () => {
  const { clock, cloud, sentAt } = rig([tooMany({ 'retry-after': '5' })], 3);
  await clock.until(cloud.getDroplet(1, urgent));
  assert.deepEqual(sentAt, [0, 5000]);
});

test('a read does not wait for a rate limit that ends after its deadline', async () => {
  const { clock, cloud, sentAt } = rig([tooMany({ 'retry-after': '60' })], 3);
  const error = await cloud.getDroplet(1, urgent).catch((reason: unknown) => reason);
  assert.deepEqual(faultOf(error), { kind: 'rateLimited', until: clock.now() + 60_000 });
  assert.equal(sentAt.length, 1);
});

test('a read without an answer is repeated with growing pauses, on the injected clock alone', async () => {
  const broken = { status: 503, headers: {}, body: '' };
  const { clock, cloud, sentAt } = rig([broken, broken, broken], 3);
  await clock.until(cloud.getDroplet(1, urgent));
  assert.equal(sentAt.length, 4);
  const pauses = sentAt.slice(1).map((at, index) => at - (sentAt[index] ?? 0));
  for (const [index, pause] of pauses.entries()) {
    const whole = 250 * 2 ** index;
    assert.ok(pause >= whole / 2 && pause <= whole, `pause ${index}: ${pause} ms`);
  }
});

test('the API says that fewer calls remain than we think: the snapshot follows', async () => {
  const { clock, cloud } = rig([
    {
      ...ok,
      headers: {
        'ratelimit-limit': '5000',
        'ratelimit-remaining': '77',
        'ratelimit-reset': String(virtualClock().now() / 1000 + 60),
      },
    },
  ]);
  await clock.until(cloud.getDroplet(1, urgent));
  assert.equal(cloud.budget.snapshot().hourlyRemaining, 77);
});

test('a permit pays for the call: nothing more is taken, and the call does not queue', async () => {
  const { clock, cloud, sentAt } = rig([]);
  const permit = cloud.budget.reserve('create');
  assert.ok(permit);
  await clock.until(cloud.getDroplet(1, { class: 'create', permit }));
  assert.equal(cloud.budget.snapshot().minuteRemaining, 249);
  assert.equal(sentAt.length, 1);
});

test('a permit that was spent before does not pay again', async () => {
  const { clock, cloud } = rig([]);
  const permit = cloud.budget.reserve('create');
  assert.ok(permit);
  await clock.until(cloud.getDroplet(1, { class: 'create', permit }));
  await clock.until(cloud.getDroplet(1, { class: 'create', permit }));
  assert.equal(cloud.budget.snapshot().minuteRemaining, 248);
});
