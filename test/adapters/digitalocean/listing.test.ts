import assert from 'node:assert/strict';
import test from 'node:test';
import { digitalOceanClouds } from '../../../src/adapters/digitalocean/digital-ocean-clouds.ts';
import { seededChance } from '../../../src/adapters/system/seeded-chance.ts';
import { faultOf } from '../../../src/ports/port-error.ts';
import { patience } from '../../lab/patience.ts';
import { cpuStopwatch } from '../../lab/stopwatch.ts';
import { wireDroplet } from './fake-api.ts';
import { virtualClock } from './virtual-clock.ts';

const sweep = { class: 'background' } as const;
const unlimited = { hourly: Number.POSITIVE_INFINITY, minute: Number.POSITIVE_INFINITY };

interface Asked {
  readonly page: number;
  readonly query: URLSearchParams;
  /** How many requests came before. */
  readonly before: number;
}

/** A cloud whose collection is what `pages` makes of it. */
function rig(pages: (asked: Asked) => { ids: number[]; total: number } | number, readRetries = 0) {
  const clock = virtualClock();
  const asked: Asked[] = [];
  let underWay = 0;
  let mostUnderWay = 0;
  const clouds = digitalOceanClouds({
    token: 't',
    apiURL: 'https://cloud.example',
    userAgent: 'test',
    clock,
    chance: seededChance(1),
    readRetries,
    limits: unlimited,
    transport: async ({ path }) => {
      underWay += 1;
      mostUnderWay = Math.max(mostUnderWay, underWay);
      const query = new URL(path, 'https://cloud.example').searchParams;
      const entry = { page: Number(query.get('page')), query, before: asked.length };
      asked.push(entry);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      const answer = pages(entry);
      if (typeof answer === 'number') return { status: answer, headers: {}, body: '' };
      const droplets = answer.ids.map((id) => wireDroplet(id));
      return { status: 200, headers: {}, body: JSON.stringify({ droplets, meta: { total: answer.total } }) };
    },
  });
  const cloud = clouds.forToken(undefined);
  const list = async () => (await clock.until(cloud.listByTag('openclaw', sweep))).droplets;
  return { clock, cloud, asked, list, mostUnderWay: () => mostUnderWay };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

/** The page of a collection of `total`, newest last. */
function pageOf(page: number, total: number, first = 1): { ids: number[]; total: number } {
  const start = first + (page - 1) * 200;
  return { ids: range(start, Math.min(start + 199, first + total - 1)), total };
}

test('an unchanged droplet is returned as the known object, a changed one is not', async () => {
  const { clock, cloud, list } = rig(({ page }) => pageOf(page, 250));
  const before = new Map((await list()).map((droplet) => [droplet.id, droplet]));
  const renamed = { ...(before.get(7) ?? assert.fail()), name: 'another' };
  const retagged = { ...(before.get(8) ?? assert.fail()), tags: ['another'] };
  const wasPrivate = { ...(before.get(9) ?? assert.fail()), vpcUUID: 'another' };
  const changed = new Map([renamed, retagged, wasPrivate].map((droplet) => [droplet.id, droplet]));
  const known = (id: number) => changed.get(id) ?? (id === 10 ? undefined : before.get(id));
  const after = await clock.until(cloud.listByTag('openclaw', { ...sweep, known }));
  for (const droplet of after.droplets) {
    assert.deepEqual(droplet, before.get(droplet.id));
    assert.equal(droplet === known(droplet.id), ![7, 8, 9, 10].includes(droplet.id));
  }
});

test('an empty listing is whole, with one call', async () => {
  const { list, asked } = rig(() => ({ ids: [], total: 0 }));
  assert.deepEqual(await list(), []);
  assert.equal(asked.length, 1);
});

for (const [called, most] of [
  ['transition', 8],
  ['background', 2],
] as const)
  test(`every page is read, 200 at a time, each droplet once, ${most} pages at once in the ${called} class`, async () => {
    const { clock, cloud, asked, mostUnderWay } = rig(({ page }) => pageOf(page, 4321));
    const { droplets } = await clock.until(cloud.listByTag('openclaw', { class: called }));
    assert.deepEqual(
      droplets.map(({ id }) => id).sort((a, b) => a - b),
      range(1, 4321),
    );
    assert.equal(asked.length, 22);
    assert.equal(asked[0]?.query.get('per_page'), '200');
    assert.equal(asked[0]?.query.get('tag_name'), 'openclaw');
    assert.equal(mostUnderWay(), most);
  });

test('exactly full pages cost no call more', async () => {
  const { list, asked } = rig(({ page }) => pageOf(page, 400));
  assert.equal((await list()).length, 400);
  assert.equal(asked.length, 2);
});

test('a droplet that shifts onto the next page counts once', async () => {
  const { list } = rig(({ page }) => (page === 1 ? pageOf(1, 400) : { ids: range(200, 400), total: 400 }));
  assert.equal((await list()).length, 400);
});

test('a page that fails makes the whole listing fail', async () => {
  const { list } = rig(({ page }) => (page === 3 ? 502 : pageOf(page, 1000)));
  const error = await list().catch((reason: unknown) => reason);
  assert.deepEqual(faultOf(error), { kind: 'unavailable' });
});

test('after a failed page the pages not yet requested are dropped', async () => {
  const { list, asked } = rig(({ page }) => (page === 2 ? 502 : pageOf(page, 200 * 40)));
  await assert.rejects(list());
  assert.ok(asked.length < 20, `${asked.length} pages asked for`);
});

test('a page that fails once is repeated, and the listing is whole', async () => {
  const { list, asked } = rig(
    ({ page, before }) => (page === 2 && before === 1 ? 503 : pageOf(page, 350)),
    2,
  );
  assert.equal((await list()).length, 350);
  assert.equal(asked.length, 3);
});

test('a listing with fewer items than its total is read again, then given up', async () => {
  const { list, asked } = rig(({ page }) => {
    const whole = pageOf(page, 300);
    return { ...whole, ids: whole.ids.slice(1) };
  });
  const error = await list().catch((reason: unknown) => reason);
  assert.deepEqual(faultOf(error), { kind: 'unavailable' });
  assert.match(String(error), /no whole listing/);
  assert.equal(asked.length, 8);
});

test('a listing that shrinks while it is read is read again', async () => {
  const { list, asked } = rig(({ page, before }) => pageOf(page, before === 0 ? 401 : 400));
  assert.equal((await list()).length, 400);
  assert.equal(asked.length, 3 + 2);
});

test('a listing that shrinks is read again even if as many were seen as the first page promised', async () => {
  const { list, asked } = rig(({ page, before }) => ({
    ...pageOf(page, 400),
    total: before === 1 ? 399 : 400,
  }));
  assert.equal((await list()).length, 400);
  assert.equal(asked.length, 4);
});

test('a listing that grows while it is read is whole with what was there at the start', async () => {
  const { list, asked } = rig(({ page, before }) => pageOf(page, before === 0 ? 399 : 405));
  const droplets = await list();
  assert.ok(droplets.length >= 399);
  assert.deepEqual(
    asked.map(({ page }) => page),
    [1, 2, 3],
    'the page that was added is read too',
  );
});

test('a shift that hides a droplet between two pages is noticed', async () => {
  // 400 droplets; between the two pages one of the first page dies and another is born.
  const { list, asked } = rig(({ page, before }) => {
    if (before === 0) return pageOf(1, 400);
    if (before === 1) return { ids: range(202, 400), total: 400 };
    return pageOf(page, 400, 2);
  });
  const droplets = await list();
  assert.ok(droplets.some(({ id }) => id === 201));
  assert.equal(asked.length, 4);
});

test('rows that cannot be read are set aside, and count for what the total promises', async () => {
  const clock = virtualClock();
  const rows = [wireDroplet(1), { ...wireDroplet(2), region: null }, { name: 'openclaw-bot-1' }, 'nonsense'];
  const clouds = digitalOceanClouds({
    ...{ token: 't', apiURL: 'https://cloud.example', userAgent: 'test', clock, chance: seededChance(1) },
    transport: async () => ({
      ...{ status: 200, headers: {} },
      body: JSON.stringify({ droplets: rows, meta: { total: rows.length } }),
    }),
  });
  const { droplets, unreadable } = await clock.until(clouds.forToken('t').listByTag('openclaw', sweep));
  assert.deepEqual(
    droplets.map(({ id }) => id),
    [1],
  );
  assert.deepEqual(unreadable, [
    { id: 2, name: 'openclaw-bot-2', why: 'droplet.region is not an object' },
    { name: 'openclaw-bot-1', why: 'droplet.id is not a number' },
    { why: 'droplet is not an object' },
  ]);
  const named = await clock.until(clouds.forToken('t').listByName('openclaw-bot-1', sweep));
  assert.deepEqual(
    named.unreadable.map(({ why }) => why),
    ['droplet.id is not a number', 'droplet is not an object'],
    'a row without a name may be the one that is meant, one of another name is not',
  );
});

test('GPU droplets are one more listing, without a tag beside the type, and only where asked for', async () => {
  const { cloud, clock, asked } = rig(({ query }) => pageOf(1, query.get('type') === 'gpus' ? 3 : 2));
  assert.equal((await clock.until(cloud.listByTag('openclaw', sweep))).droplets.length, 2);
  assert.equal(asked.length, 1);
  const { droplets } = await clock.until(cloud.listByTag('bot-3', { ...sweep, gpus: true }));
  assert.deepEqual(
    droplets.map(({ id }) => id),
    [1, 2, 3],
    'each id once, and of the GPU droplets those with the tag',
  );
  assert.equal(asked.length, 3);
  assert.deepEqual([asked[2]?.query.get('type'), asked[2]?.query.get('tag_name')], ['gpus', null]);
});

test('a page without a total is malformed', async () => {
  const clock = virtualClock();
  const clouds = digitalOceanClouds({
    token: 't',
    apiURL: 'https://cloud.example',
    userAgent: 'test',
    clock,
    chance: seededChance(1),
    readRetries: 0,
    transport: async () => ({ status: 200, headers: {}, body: '{"droplets": []}' }),
  });
  const error = await clouds
    .forToken('t')
    .listByTag('x', sweep)
    .catch((reason: unknown) => reason);
  assert.deepEqual(faultOf(error), { kind: 'unavailable' });
});

test('names are compared exactly, though the API does not', async () => {
  const { cloud, clock, asked } = rig(() => ({ ids: [1, 2], total: 2 }));
  const { droplets } = await clock.until(cloud.listByName('openclaw-bot-2', sweep));
  assert.deepEqual(
    droplets.map(({ id }) => id),
    [2],
  );
  assert.equal(asked[0]?.query.get('name'), 'openclaw-bot-2');
  assert.equal(asked[0]?.query.get('tag_name'), null);
});

test('a permit pays for the first page, the other pages make their own reservations', async () => {
  const { cloud, clock } = rig(({ page }) => pageOf(page, 500));
  const permit = cloud.budget.reserve('background');
  assert.ok(permit);
  assert.equal((await clock.until(cloud.listByTag('x', { ...sweep, permit }))).droplets.length, 500);
});

test('10,000 droplets are read in under 400 ms of CPU and kept in little memory', async () => {
  const pages = new Map(
    range(1, 50).map((page) => {
      const { ids, total } = pageOf(page, 10_000);
      return [page, JSON.stringify({ droplets: ids.map((id) => wireDroplet(id)), meta: { total } })];
    }),
  );
  const clouds = digitalOceanClouds({
    token: 't',
    apiURL: 'https://cloud.example',
    userAgent: 'test',
    clock: virtualClock(),
    chance: seededChance(1),
    limits: unlimited,
    transport: async ({ path }) => {
      const page = Number(new URL(path, 'https://cloud.example').searchParams.get('page'));
      return { status: 200, headers: {}, body: pages.get(page) ?? '' };
    },
  });
  const cloud = clouds.forToken(undefined);
  const cpuMs = cpuStopwatch();
  const { droplets } = await cloud.listByTag('openclaw', sweep);
  const took = cpuMs();
  assert.equal(droplets.length, 10_000);
  assert.ok(took < 400 * patience, `${took} ms of CPU`);
});
