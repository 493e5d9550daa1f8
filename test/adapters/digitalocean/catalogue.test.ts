import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { ActionRequest, DropletRequest } from '../../../src/ports/cloud.ts';
import { faultOf } from '../../../src/ports/port-error.ts';
import { patience } from '../../lab/patience.ts';
import { type Answer, cloudAt, fakeApi, REQUEST, refusal, type Seen } from './fake-api.ts';

const background = { class: 'background' } as const;
const slugs = [
  's-1vcpu-1gb',
  's-1vcpu-2gb',
  's-2vcpu-2gb',
  's-8vcpu-16gb',
  'c-2',
  'c-4',
  'g-2vcpu-8gb',
  'm-2vcpu-16gb',
];
const more = ['so-2vcpu-16gb', 'gd-2vcpu-8gb'];

const sizes = [...slugs, ...more].map((slug) => ({
  slug,
  price_monthly: 6,
  disk: 25,
  regions: slug.startsWith('c-') ? ['ams3'] : ['nyc3', 'ams3'],
  available: true,
}));
const regions = [
  {
    slug: 'nyc3',
    name: 'New York 3',
    available: true,
    sizes: slugs.filter((slug) => !slug.startsWith('c-')),
  },
  { slug: 'ams3', name: 'Amsterdam 3', available: true, sizes: slugs },
  { slug: 'nyc2', name: 'New York 2', available: false, sizes: [] },
];
const images = [
  { id: 1, slug: 'ubuntu-24-04-x64' },
  { id: 2, slug: 'ubuntu-22-04-x64' },
  { id: 3, slug: null },
];
const snapshot = {
  id: 7,
  name: 'golden',
  slug: null,
  type: 'snapshot',
  regions: ['ams3'],
  min_disk_size: 50,
};

function catalogueAnswer({ url }: Seen): Answer | undefined {
  const own = /^\/v2\/images\/(.+)$/.exec(url)?.[1];
  if (own === '7') return { status: 200, body: { image: snapshot } };
  if (own !== undefined)
    return refusal(404, 'not_found', 'The resource you were accessing could not be found.');
  if (url.startsWith('/v2/sizes')) return { status: 200, body: { sizes, meta: { total: sizes.length } } };
  if (url.startsWith('/v2/regions'))
    return { status: 200, body: { regions, meta: { total: regions.length } } };
  if (url.startsWith('/v2/images')) return { status: 200, body: { images, meta: { total: images.length } } };
  return undefined;
}

async function rig(t: TestContext, message: string) {
  const answer = (seen: Seen) => catalogueAnswer(seen) ?? refusal(422, 'unprocessable_entity', message);
  const api = await fakeApi(t, answer);
  const { cloud } = cloudAt(t, api.url);
  const reasonOf = async (call: Promise<unknown>) => {
    const fault = faultOf(await call.catch((error: unknown) => error), 'refused');
    assert.equal(fault?.kind, 'refused');
    return fault?.kind === 'refused' ? fault.reason : '';
  };
  const create = (fields: Partial<DropletRequest>) =>
    reasonOf(cloud.createDroplet({ ...REQUEST, ...fields }, { class: 'create' }));
  const act = (request: ActionRequest) => reasonOf(cloud.act(1, request, { class: 'transition' }));
  return { api, cloud, create, act };
}

test('the catalogue is read once an hour, by one reader at a time', async (t) => {
  const { cloud, api } = await rig(t, '');
  const [one, two] = await Promise.all([cloud.catalogue(background), cloud.catalogue(background)]);
  assert.equal(one, two);
  assert.equal(await cloud.catalogue(background), one);
  assert.equal(api.seen.length, 3);
  assert.ok(api.seen.some(({ url }) => url.startsWith('/v2/images?type=distribution')));
  assert.deepEqual(one?.images, ['ubuntu-24-04-x64', 'ubuntu-22-04-x64']);
  assert.deepEqual(one?.regions[2], { slug: 'nyc2', available: false, sizes: [] });
  assert.deepEqual(one?.sizes[4], {
    slug: 'c-2',
    priceMonthlyUSD: 6,
    diskGB: 25,
    regions: ['ams3'],
    available: true,
  });
});

test('a caller that gives up on the catalogue does not end the read for the others', async (t) => {
  const { cloud } = await rig(t, '');
  const controller = new AbortController();
  const first = cloud.catalogue({ ...background, signal: controller.signal });
  const second = cloud.catalogue(background);
  controller.abort();
  await assert.rejects(first, (error) => faultOf(error)?.kind === 'unavailable');
  assert.equal((await second).sizes.length, 10);
});

test('an unknown size is refused with those valid in the region, the likeliest first, eight at most', async (t) => {
  const { create } = await rig(t, 'You specified an invalid size for Droplet creation.');
  assert.equal(
    await create({ size: 's-9vcpu-16gb' }),
    'You specified an invalid size for Droplet creation. (size "s-9vcpu-16gb": valid in nyc3: ' +
      's-8vcpu-16gb, m-2vcpu-16gb, s-1vcpu-1gb, so-2vcpu-16gb, s-1vcpu-2gb, s-2vcpu-2gb, g-2vcpu-8gb, gd-2vcpu-8gb)',
  );
});

test('more valid values than fit a line are hinted at', async (t) => {
  const { create } = await rig(t, 'You specified an invalid size for Droplet creation.');
  assert.match(await create({ size: 's-9', region: 'ams3' }), /valid in ams3: .*, …\)$/);
});

test('an unknown image is refused with the images on offer', async (t) => {
  const { create } = await rig(t, 'You specified an invalid image for Droplet creation.');
  assert.match(
    await create({ image: 'ubuntu-24-04' }),
    /\(image "ubuntu-24-04" does not exist; distributions: ubuntu-24-04-x64, ubuntu-22-04-x64\)$/,
  );
  assert.match(await create({ image: '170009999' }), /\(image "170009999" does not exist\)$/);
});

test('an existing image is never reported missing: the message says what rules it out, if anything does', async (t) => {
  const { create } = await rig(t, 'You specified an invalid image for Droplet creation.');
  assert.match(await create({ image: '7' }), /\(image "7" is not in nyc3, but in ams3\)$/);
  const elsewhere = await create({ image: '7', region: 'ams3' });
  assert.match(elsewhere, /\(image "7" needs a disk of 50 GB, s-1vcpu-1gb has 25\)$/);
  snapshot.min_disk_size = 20;
  t.after(() => {
    snapshot.min_disk_size = 50;
  });
  const again = await rig(t, 'You specified an invalid image for Droplet creation.');
  assert.match(await again.create({ image: '7', region: 'ams3' }), /creation\.$/);
});

test('a closed region is refused with those that offer the size', async (t) => {
  const { create } = await rig(t, 'Region is not available');
  assert.equal(
    await create({ region: 'nyc2', size: 'c-2' }),
    'Region is not available (region "nyc2": valid for c-2: ams3)',
  );
  assert.match(await create({ region: 'nyc2', size: 'no-such-size' }), /valid: nyc3, ams3\)$/);
});

test('a size that resize does not know is refused with the sizes on offer', async (t) => {
  const { act } = await rig(t, 'You specified an invalid size.');
  assert.match(
    await act({ type: 'resize', size: 's-2vcpu-3gb', disk: false }),
    /size "s-2vcpu-3gb": valid: s-2vcpu-2gb,/,
  );
});

test('a refusal about something else, or about a valid value, is reported unchanged', async (t) => {
  const limit = 'creating this/these droplet(s) will exceed your droplet limit';
  const first = await rig(t, limit);
  await assert.rejects(first.cloud.createDroplet(REQUEST, { class: 'create' }), (error) => {
    return faultOf(error)?.kind === 'limitReached';
  });
  assert.equal(first.api.seen.length, 1, 'the catalogue is not read for it');
  const smaller = 'This size is not available because it has a smaller disk.';
  assert.equal(await (await rig(t, smaller)).create({}), smaller);
});

test('an unavailable catalogue does not hide the refusal', async (t) => {
  const message = 'You specified an invalid size for Droplet creation.';
  const api = await fakeApi(t, ({ method }) =>
    method === 'POST' ? refusal(422, 'unprocessable_entity', message) : refusal(403, 'forbidden', 'no'),
  );
  const { cloud } = cloudAt(t, api.url);
  const error = await cloud.createDroplet(REQUEST, { class: 'create' }).catch((reason: unknown) => reason);
  assert.deepEqual(faultOf(error), { kind: 'refused', reason: message, httpStatus: 422 });
});

test('without budget for it the catalogue is not read', async (t) => {
  const message = 'You specified an invalid size for Droplet creation.';
  const api = await fakeApi(t, () => refusal(422, 'unprocessable_entity', message));
  const { cloud } = cloudAt(t, api.url, { limits: { minute: 1 } });
  const start = performance.now();
  await assert.rejects(cloud.createDroplet(REQUEST, { class: 'create' }), {
    message: `POST /v2/droplets: ${message}`,
  });
  assert.ok(performance.now() - start < 3000 * patience, 'nor waited for');
  assert.equal(api.seen.length, 1);
});
