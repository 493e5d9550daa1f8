import assert from 'node:assert/strict';
import test from 'node:test';
import { digitalOceanClouds } from '../../../../src/adapters/digitalocean/digital-ocean-clouds.ts';
import { seededChance } from '../../../../src/adapters/system/seeded-chance.ts';
import { type Fault, faultOf } from '../../../../src/ports/port-error.ts';
import { virtualClock } from '../virtual-clock.ts';

const urgent = { class: 'urgent' } as const;
const fresh = { ...urgent, fresh: true };
const there = {
  status: 200,
  headers: {},
  body: JSON.stringify({ image: { id: 7, slug: null, regions: [] } }),
};
const gone = { status: 404, headers: {}, body: '{"id":"not_found","message":"gone"}' };
const limited = (headers: Record<string, string>) => ({ status: 429, headers, body: '' });

type Answer = typeof there | ReturnType<typeof limited>;

function rig(answer: (path: string) => Answer | Promise<Answer>) {
  const clock = virtualClock();
  const paths: string[] = [];
  const clouds = digitalOceanClouds({
    ...{ token: 't', apiURL: 'https://cloud.example', userAgent: 'test', clock, chance: seededChance(1) },
    transport: async ({ path }) => {
      paths.push(path);
      return await answer(path);
    },
  });
  const cloud = clouds.forToken(undefined);
  const outcome = async (call: Promise<unknown>): Promise<Fault['kind'] | 'ok'> =>
    clock.until(
      call.then(
        () => 'ok' as const,
        (error: unknown) => faultOf(error)?.kind ?? assert.fail(String(error)),
      ),
    );
  return { clock, cloud, paths, outcome };
}

test('an image is asked for once a minute, by one reader at a time', async () => {
  const { cloud, clock, paths } = rig(() => there);
  await Promise.all([cloud.image('7', urgent), cloud.image('7', urgent), cloud.image('7', fresh)]);
  await clock.advance(59_999);
  assert.deepEqual(await cloud.image('7', urgent), {
    ...{ id: 7, name: '', status: 'available', regions: [], minDiskGB: 0 },
  });
  assert.deepEqual(paths, ['/v2/images/7']);
  await clock.advance(1);
  await cloud.image('7', urgent);
  assert.equal(paths.length, 2);
});

test('absence is not cached, and a fresh answer that the image is gone clears the cached one', async () => {
  let image = gone;
  const { cloud, paths, outcome } = rig(() => image);
  assert.deepEqual(
    [await outcome(cloud.image('x', urgent)), await outcome(cloud.image('x', urgent))],
    ['absent', 'absent'],
  );
  assert.equal(paths.length, 2);
  image = there;
  assert.equal(await outcome(cloud.image('x', urgent)), 'ok');
  image = gone;
  assert.equal(await outcome(cloud.image('x', urgent)), 'ok');
  assert.equal(await outcome(cloud.image('x', fresh)), 'absent');
  assert.equal(await outcome(cloud.image('x', urgent)), 'absent');
});

test('an image is named in the path literally, whatever characters it contains', async () => {
  const { cloud, paths, outcome } = rig(() => gone);
  await outcome(cloud.image('a/../b?c', urgent));
  assert.deepEqual(paths, ['/v2/images/a%2F..%2Fb%3Fc']);
});

test('a caller that gives up on an image does not end the look-up for the others, nor gets its own call', async () => {
  const answered = Promise.withResolvers<Answer>();
  const { cloud, paths, outcome } = rig(() => answered.promise);
  const left = new AbortController();
  const first = cloud.image('7', { ...urgent, signal: left.signal });
  const second = cloud.image('7', urgent);
  left.abort();
  assert.equal(await outcome(first), 'unavailable');
  answered.resolve(there);
  assert.equal(await outcome(second), 'ok');
  assert.equal(paths.length, 1);
});

test('an urgent look-up does not wait for a background one of the same image', async () => {
  const { cloud, paths, outcome } = rig(() => there);
  const slow = cloud.image('7', { class: 'background' });
  const quick = cloud.image('7', urgent);
  assert.deepEqual([await outcome(slow), await outcome(quick)], ['ok', 'ok']);
  assert.equal(paths.length, 2);
});

test('ten keys are looked up in a minute, the eleventh has to wait and holds up no other call', async () => {
  const { cloud, clock, paths, outcome } = rig(() => there);
  for (let key = 1; key <= 10; key += 1) assert.equal(await outcome(cloud.sshKey(String(key), urgent)), 'ok');
  await clock.advance(15_000);
  const error = await cloud.sshKey('11', urgent).catch((reason: unknown) => reason);
  const fault = faultOf(error, 'rateLimited');
  assert.ok(fault?.kind === 'rateLimited');
  assert.equal(fault.until, clock.now() + 45_000);
  assert.equal(paths.length, 10, 'it was not sent');
  assert.equal(await outcome(cloud.image('7', urgent)), 'ok');
  await clock.advance(45_000);
  assert.equal(await outcome(cloud.sshKey('11', urgent)), 'ok');
  await clock.advance(400_000);
  assert.equal(await outcome(cloud.sshKey('11', urgent)), 'ok');
  assert.equal(paths.filter((path) => path.endsWith('/11')).length, 1, 'a key is remembered for ten minutes');
});

test('a 429 to a key is that call’s alone, unless the whole hour is spent', async () => {
  const headers: Record<string, string> = {
    'retry-after': '50',
    'ratelimit-limit': '5000',
    'ratelimit-remaining': '4000',
  };
  const { cloud, paths, outcome } = rig((path) => (path.includes('/keys/') ? limited(headers) : there));
  assert.equal(await outcome(cloud.sshKey('1', urgent)), 'rateLimited');
  const elapsed = paths.length;
  assert.equal(await outcome(cloud.image('7', urgent)), 'ok');
  assert.equal(paths.length, elapsed + 1);
  assert.equal(cloud.budget.snapshot().blockedUntil, 0);
  headers['ratelimit-remaining'] = '0';
  assert.equal(await outcome(cloud.sshKey('1', urgent)), 'rateLimited');
  assert.ok(cloud.budget.snapshot().blockedUntil > 0);
});
