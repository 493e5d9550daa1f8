import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkOf } from '../../../../src/adapters/http/bots/call-limits.ts';
import { TokenBuckets } from '../../../../src/adapters/http/bots/token-buckets.ts';
import { VirtualClock } from '../../../../src/adapters/system/virtual-clock.ts';
import { passTime } from '../../../lab/pass-time.ts';

test('an IPv6 caller counts by its /64 however it is written, an IPv4 caller by itself', () => {
  const cases = {
    '198.51.100.7': '198.51.100.7',
    '::ffff:198.51.100.7': '198.51.100.7',
    '2001:db8::1': '2001:db8:0:0::/64',
    '2001:0DB8:0000:0000:ffff::9': '2001:db8:0:0::/64',
    '2001:db8:1:2:3:4:5:6': '2001:db8:1:2::/64',
    '::1': '0:0:0:0::/64',
    'fe80::1%eth0': 'fe80:0:0:0::/64',
  };
  for (const [ip, network] of Object.entries(cases)) assert.equal(networkOf(ip), network);
});

test('a bucket refills with time, never over its burst', () => {
  const clock = new VirtualClock(0);
  const buckets = new TokenBuckets(clock, { burst: 2, perSecond: 0.5 }, 10);
  buckets.take('a');
  buckets.take('a');
  assert.equal(buckets.waitMs('a'), 2_000);
  assert.equal(buckets.waitMs('b'), 0);
  passTime(clock, 2_000);
  assert.equal(buckets.waitMs('a'), 0);
  passTime(clock, 1_000_000);
  buckets.take('a');
  buckets.take('a');
  assert.equal(buckets.waitMs('a'), 2_000);
});

test('what is kept is bounded: the key used least recently goes first', () => {
  const buckets = new TokenBuckets(new VirtualClock(0), { burst: 1, perSecond: 1 }, 3);
  for (const key of ['a', 'b', 'c', 'a', 'd']) buckets.take(key);
  assert.equal(buckets.size, 3);
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map((key) => buckets.has(key)),
    [true, false, true, true],
  );
});
