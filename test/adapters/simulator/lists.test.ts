import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refused, rig } from './support.ts';

function fleet(size: number) {
  const made = rig();
  for (let nth = 0; nth < size; nth += 1) made.make(`bot-${nth}`, { tags: ['fleet'] });
  return made;
}

test('a page links to its neighbours, keeps the filter, and leads through the whole list', () => {
  const { get } = fleet(5);
  const { pages } = get('/v2/droplets?tag_name=fleet&per_page=2&page=2').body.links;
  assert.deepEqual(Object.keys(pages).toSorted(), ['first', 'last', 'next', 'prev']);
  const names: string[] = [];
  let next: string | undefined = 'http://cloud.example/v2/droplets?per_page=2&tag_name=fleet';
  for (let page = 1; next !== undefined; page += 1) {
    assert.ok(page <= 3, 'the links lead on and on');
    const { pathname, search, host } = new URL(next);
    assert.equal(host, 'cloud.example');
    const { body } = get(pathname + search);
    assert.equal(body.meta.total, 5);
    names.push(...body.droplets.map(({ name }: { name: string }) => name));
    next = body.links.pages.next;
  }
  assert.deepEqual(names, ['bot-0', 'bot-1', 'bot-2', 'bot-3', 'bot-4']);
});

test('the first and last page have no links beyond; a single page has none at all', () => {
  const { get } = fleet(3);
  const first = get('/v2/droplets?per_page=2').body.links.pages;
  assert.deepEqual(Object.keys(first).toSorted(), ['last', 'next']);
  const last = get('/v2/droplets?per_page=2&page=2').body.links.pages;
  assert.deepEqual(Object.keys(last).toSorted(), ['first', 'prev']);
  assert.deepEqual(get('/v2/droplets').body.links, {});
  const beyond = get('/v2/droplets?per_page=2&page=9').body;
  assert.deepEqual(beyond.droplets, []);
  assert.equal(beyond.meta.total, 3);
});

test('a page holds at most 200', () => {
  const { get } = fleet(201);
  assert.equal(get('/v2/droplets?per_page=200').body.droplets.length, 200);
  refused(get('/v2/droplets?per_page=201'), 422, /between 1 and 200/);
  refused(get('/v2/droplets?per_page=0'), 422, /between 1 and 200/);
});

test('paging takes no snapshot: a death between two pages hides a droplet that lives', () => {
  const { get, simulator } = fleet(4);
  const [first] = get('/v2/droplets?per_page=2').body.droplets;
  simulator.destroy(first.id);
  const second = get('/v2/droplets?per_page=2&page=2').body;
  assert.deepEqual(
    second.droplets.map(({ name }: { name: string }) => name),
    ['bot-3'],
  );
});

test('name is matched whole and without case, and goes with no tag', () => {
  const { get } = fleet(12);
  assert.equal(get('/v2/droplets?name=BOT-1').body.meta.total, 1);
  assert.equal(get('/v2/droplets?name=bot').body.meta.total, 0);
  refused(get('/v2/droplets?name=bot-1&tag_name=fleet'), 422, /can not be combined/);
  refused(get('/v2/droplets?type=gpus&tag_name=fleet'), 422, /can not be combined/);
  refused(get('/v2/droplets?type=cars'), 422, /type is invalid/);
  assert.equal(get('/v2/droplets?type=droplets&name=bot-1').body.meta.total, 1);
});

test('lists follow a rename and a change of tags', () => {
  const { act, call, get, make } = rig();
  const id = make('before', { tags: ['old'] });
  act(id, 'rename', { name: 'after' });
  call('POST', '/v2/tags', { name: 'fresh' });
  const resources = [{ resource_id: String(id), resource_type: 'droplet' }];
  call('POST', '/v2/tags/fresh/resources', { resources });
  call('DELETE', '/v2/tags/old/resources', { resources });
  const found = (query: string) => get(`/v2/droplets?${query}`).body.meta.total;
  assert.deepEqual(['name=before', 'name=after', 'tag_name=old', 'tag_name=fresh'].map(found), [0, 1, 0, 1]);
});

test('the catalogue offers what exists, in more than one page of images', () => {
  const { get } = rig();
  const sizes = get('/v2/sizes?per_page=200').body.sizes;
  const prices = new Map(
    sizes.map((size: { slug: string; price_monthly: number }) => [size.slug, size.price_monthly]),
  );
  assert.equal(prices.get('s-1vcpu-1gb'), 6);
  assert.equal(prices.get('s-2vcpu-4gb'), 24);
  const regions = get('/v2/regions?per_page=200').body.regions;
  const closed = regions.filter(({ available }: { available: boolean }) => !available);
  assert.deepEqual(
    closed.map(({ slug, sizes }: { slug: string; sizes: string[] }) => [slug, sizes.length]),
    [['blr1', 0]],
  );
  for (const { slug, regions: sold } of sizes) {
    for (const region of regions)
      assert.equal(region.sizes.includes(slug), sold.includes(region.slug), `${slug} ${region.slug}`);
  }
  const images = get('/v2/images').body;
  assert.equal(images.images.length, 20);
  assert.ok(images.meta.total > 20);
  assert.ok(images.links.pages.next);
});
