import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KubeError, type KubeFailure } from '../../../../src/adapters/kubernetes/client/kube-error.ts';
import { BackOff, RetryDelay } from '../../../../src/adapters/kubernetes/client/watch/retry-delay.ts';
import { VirtualClock } from '../../../../src/adapters/system/virtual-clock.ts';
import type { Chance } from '../../../../src/ports/chance.ts';
import {
  added,
  listedUpTo,
  modified,
  ScriptedClient,
  thing,
  type WatchStep,
} from '../support/scripted-client.ts';
import { turns } from '../support/turns.ts';
import { Watched } from '../support/watched.ts';

const even: Chance = { random: () => 0.5, uuid: () => '', bytes: (length) => new Uint8Array(length) };
const error = (failure: KubeFailure) => new KubeError({ kind: 'unavailable' }, 'failed', failure);
const listing: WatchStep = { events: [added(thing('a', 5)), listedUpTo(10)], stays: true };

/** A Reflector that meets `steps`, on a clock that is moved to each of its timers for `ms`. */
async function played(steps: readonly WatchStep[], ms: number, version = '10') {
  const clock = new VirtualClock(0);
  const client = new ScriptedClient(() => clock.monotonic(), steps);
  client.version = version;
  const watched = new Watched(client, '/api/v1/things', { clock, chance: even });
  void watched.reflector.start();
  await turns();
  while ((clock.nextAt() ?? Number.POSITIVE_INFINITY) <= ms) {
    clock.runNext();
    await turns();
  }
  await watched.reflector.stop();
  const watches = client.asked.filter(({ what }) => what === 'watch');
  return { watched, client, times: client.asked.map(({ at }) => at), watches };
}

describe('BackOff', () => {
  it('doubles from 800 ms to 30 s, by chance up to twice as long', () => {
    const backOff = new BackOff(new VirtualClock(0), even);
    const waits = Array.from({ length: 8 }, () => backOff.next());
    assert.deepEqual(waits, [1_200, 2_400, 4_800, 9_600, 19_200, 30_000, 30_000, 30_000]);
  });

  it('begins afresh after two minutes without a failure', () => {
    const clock = new VirtualClock(0);
    const backOff = new BackOff(clock, even);
    for (let count = 0; count < 5; count += 1) backOff.next();
    clock.schedule(120_001, () => undefined);
    clock.runNext();
    assert.equal(backOff.next(), 1_200);
  });
});

describe('RetryDelay', () => {
  it('asks a server that does not listen several times a second, for as long as it takes', () => {
    const delay = new RetryDelay(new VirtualClock(0), even);
    const failure = { httpStatus: 0 };
    for (let count = 0; count < 50; count += 1) assert.ok(delay.after(error(failure)) <= 250);
  });

  it('does the same while a server starts that has refused connections just before', () => {
    const clock = new VirtualClock(0);
    const delay = new RetryDelay(clock, even);
    delay.after(error({ httpStatus: 0 }));
    assert.ok(delay.after(error({ httpStatus: 503 })) <= 250);
    clock.schedule(15_000, () => undefined);
    clock.runNext();
    assert.ok(delay.after(error({ httpStatus: 503 })) >= 800);
  });

  it('waits as long as a server asks', () => {
    const delay = new RetryDelay(new VirtualClock(0), even);
    assert.equal(delay.after(error({ httpStatus: 429, retryAfterMs: 4_000 })), 4_500);
  });
});

describe('Reflector in time', () => {
  it('opens a watch again that says nothing for 75 s, from the version it had', async () => {
    const { times, watches, watched } = await played([listing], 160_000);
    assert.deepEqual(times, [0, 75_000, 150_000]);
    assert.deepEqual(
      watches.map(({ query }) => query['resourceVersion']),
      ['', '10', '10'],
    );
    assert.deepEqual(watched.health, []);
  });

  it('asks for watches of 5 to 10 minutes with bookmarks', async () => {
    const { watches } = await played([listing], 80_000);
    for (const { query } of watches) {
      assert.equal(query['allowWatchBookmarks'], true);
      assert.equal(query['timeoutSeconds'], 450);
    }
  });

  it('gives up a listing that stands still for 15 s', async () => {
    const { times, watched } = await played(
      [{ events: [added(thing('a', 5))], stays: true }, listing],
      20_000,
    );
    assert.equal(times.length, 2);
    assert.ok((times[1] ?? 0) > 15_000);
    assert.deepEqual(watched.told, ['a=5']);
    assert.match(watched.health[0] ?? '', /silent/);
  });

  it('never goes back to an older version, in the cache or in what it asks for', async () => {
    const events = [added(thing('a', 5)), listedUpTo(10), modified(thing('a', 12)), modified(thing('a', 11))];
    const { watched, watches } = await played([{ events, stays: true }], 76_000);
    assert.deepEqual(watched.told, ['a=5', '!a=12']);
    assert.equal(watches[1]?.query['resourceVersion'], '12');
  });

  it('watches again after a 429, and lists again after any other refusal', async () => {
    const fails = (httpStatus: number): WatchStep => ({ fails: { httpStatus } });
    const ends: WatchStep = { events: [added(thing('a', 5)), listedUpTo(10)] };
    const limited = await played([ends, fails(429), { stays: true }], 10_000);
    assert.deepEqual(
      limited.watches.map(({ query }) => query['sendInitialEvents']),
      [true, undefined, undefined],
    );
    const failing = await played([ends, fails(500), listing], 10_000);
    assert.deepEqual(
      failing.watches.map(({ query }) => query['sendInitialEvents']),
      [true, undefined, true],
    );
    assert.equal(failing.watches[2]?.query['resourceVersion'], '10');
  });

  it('asks for the newest version only once its own is refused', async () => {
    const tooLarge = {
      httpStatus: 504,
      status: { kind: 'Status', details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } },
    } as const;
    const steps = [
      { events: [added(thing('a', 5)), listedUpTo(10)] },
      { fails: { httpStatus: 500 } },
      { fails: tooLarge },
      listing,
    ];
    const { watches } = await played(steps, 10_000);
    assert.deepEqual(
      watches.map(({ query }) => query['resourceVersion']),
      ['', '10', '10', ''],
    );
    assert.equal(watches[3]?.at, watches[2]?.at);
  });

  it('looks after an early end whether the store is an older one, and lists it anew', async () => {
    const ends: WatchStep = { events: [added(thing('a', 5)), listedUpTo(10)] };
    const anew: WatchStep = { events: [added(thing('a', 2)), listedUpTo(3)], stays: true };
    const { watched, client } = await played([ends, anew], 1_000, '3');
    assert.deepEqual(
      client.asked.map(({ what }) => what),
      ['watch', 'request', 'watch'],
    );
    assert.deepEqual(client.asked[1]?.query, { limit: 1 });
    assert.deepEqual(watched.told, ['a=5', '!a=2']);
  });

  it('does not turn in circles when every watch ends or is refused at once', async () => {
    const ends: WatchStep = {};
    const many = Array.from({ length: 500 }, () => ends);
    const { times } = await played([{ events: [listedUpTo(10)] }, ...many], 10_000);
    assert.ok(times.length < 100, `${times.length} requests in 10 s`);
    const expired: WatchStep = { fails: { httpStatus: 410 } };
    const pairs = Array.from({ length: 500 }, () => [{ events: [listedUpTo(10)] }, expired]).flat();
    const refused = await played(pairs, 10_000);
    assert.ok(refused.times.length < 100, `${refused.times.length} requests in 10 s`);
  });

  it('tells of a failure once, and once that it is over', async () => {
    const down: WatchStep = { fails: { httpStatus: 0 } };
    const { watched } = await played([down, down, down, listing], 5_000);
    assert.deepEqual(watched.health, ['HTTP 0', 'ok']);
    assert.deepEqual(watched.told, ['a=5']);
  });
});
