import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { faultOf } from '../../../src/ports/port-error.ts';
import { cloudAt, fakeApi, wireDroplet } from './fake-api.ts';

const urgent = { class: 'urgent' } as const;

async function read(t: TestContext, fields: object) {
  const api = await fakeApi(t, () => ({ status: 200, body: { droplet: wireDroplet(7, fields) } }));
  return await cloudAt(t, api.url, { readRetries: 0 }).cloud.getDroplet(7, urgent);
}

test('a droplet is read field by field, and nothing else is kept of it', async (t) => {
  assert.deepEqual(await read(t, { brand_new_field: { a: 1 } }), {
    id: 7,
    name: 'openclaw-bot-7',
    status: 'active',
    tags: ['openclaw', 'bot-7'],
    region: 'nyc3',
    size: 's-1vcpu-1gb',
    image: 'ubuntu-24-04-x64',
    diskGB: 25,
    publicIPv4: '203.0.113.7',
    backups: false,
    ipv6: false,
    monitoring: true,
    vpcUUID: '760e09ef-dc84-11e8-981e-3cfdfeaae000',
    createdAt: '2026-03-01T12:00:00Z',
    priceMonthlyUSD: 6,
  });
});

test('tags are folded to lower case', async (t) => {
  assert.deepEqual((await read(t, { tags: ['OpenClaw', 'BOT-7'] })).tags, ['openclaw', 'bot-7']);
});

test('a droplet that is just being made has neither address nor VPC', async (t) => {
  const droplet = await read(t, { status: 'new', networks: { v4: [], v6: [] }, vpc_uuid: '', tags: null });
  assert.equal('publicIPv4' in droplet, false);
  assert.equal('vpcUUID' in droplet, false);
  assert.deepEqual(droplet.tags, []);
  assert.equal(droplet.status, 'new');
});

test('a private address is no public one', async (t) => {
  const networks = { v4: [{ ip_address: '10.0.0.2', type: 'private' }], v6: [] };
  assert.equal((await read(t, { networks })).publicIPv4, undefined);
});

test('an image without a slug is read as its id, a deleted one as empty', async (t) => {
  assert.equal((await read(t, { image: { id: 987, slug: null } })).image, '987');
  assert.equal((await read(t, { image: null })).image, '');
});

test('backups, IPv6 and monitoring are read from the features', async (t) => {
  const droplet = await read(t, { features: ['backups', 'ipv6'] });
  assert.deepEqual([droplet.backups, droplet.ipv6, droplet.monitoring], [true, true, false]);
});

test('an unknown status counts as new', async (t) => {
  assert.equal((await read(t, { status: 'hibernating' })).status, 'new');
});

for (const field of ['id', 'name', 'status', 'disk', 'created_at', 'size_slug', 'region']) {
  test(`a droplet without ${field} is malformed`, async (t) => {
    const error = await read(t, { [field]: undefined }).catch((reason: unknown) => reason);
    assert.deepEqual(faultOf(error), { kind: 'unavailable' });
  });
}

test('actions come newest first, however the API orders them', async (t) => {
  const action = (id: number, started_at: string) => ({
    id,
    type: 'reboot',
    status: 'completed',
    started_at,
    completed_at: null,
    resource_id: 7,
    resource_type: 'droplet',
    region: null,
  });
  const actions = [
    action(1, '2026-03-01T12:00:00Z'),
    action(3, '2026-03-01T12:00:05Z'),
    action(2, '2026-03-01T12:00:05Z'),
  ];
  const api = await fakeApi(t, () => ({ status: 200, body: { actions, meta: { total: 3 } } }));
  const found = await cloudAt(t, api.url).cloud.listActions(7, urgent);
  assert.deepEqual(
    found.map(({ id }) => id),
    [3, 2, 1],
  );
  assert.deepEqual(found[0], {
    id: 3,
    type: 'reboot',
    status: 'completed',
    startedAt: '2026-03-01T12:00:05Z',
    dropletID: 7,
  });
  assert.equal(api.seen[0]?.url, '/v2/droplets/7/actions?per_page=200');
});

test('an action is ordered with its own fields', async (t) => {
  const action = {
    id: 1,
    type: 'resize',
    status: 'in-progress',
    started_at: '2026-03-01T12:00:00Z',
    resource_id: 7,
  };
  const api = await fakeApi(t, () => ({ status: 201, body: { action } }));
  const { cloud } = cloudAt(t, api.url);
  await cloud.act(7, { type: 'resize', size: 's-2vcpu-2gb', disk: false }, urgent);
  assert.deepEqual(JSON.parse(api.seen[0]?.body ?? ''), { type: 'resize', size: 's-2vcpu-2gb', disk: false });
});

test('the identity is asked for once', async (t) => {
  const team = { uuid: 'team-1', name: 'Bots' };
  const account = { uuid: 'user-1', team, droplet_limit: 25, status: 'active', status_message: '' };
  const api = await fakeApi(t, () => ({ status: 200, body: { account } }));
  const { cloud, clouds } = cloudAt(t, `${api.url}/`);
  assert.deepEqual(await cloud.identity(urgent), { apiURL: api.url, accountUUID: 'team-1' });
  await cloud.identity(urgent);
  assert.equal(api.seen.length, 1);
  assert.deepEqual(await cloud.account(urgent), {
    ...{ uuid: 'team-1', userUUID: 'user-1', dropletLimit: 25 },
    ...{ status: 'active', statusMessage: '' },
  });
  assert.equal(clouds.forToken(undefined), cloud);
  assert.notEqual(clouds.forToken('another'), cloud);
  assert.equal(clouds.forToken('another'), clouds.forToken(' another '));
});

for (const [what, fields, told] of [
  ['no team', {}, { uuid: 'user-1', status: 'active', statusMessage: '' }],
  ['a team of null', { team: null }, { uuid: 'user-1', status: 'active', statusMessage: '' }],
  [
    'a status that nobody knows',
    { status: 'suspended', status_message: 'unpaid' },
    { uuid: 'user-1', status: 'warning', statusMessage: 'status suspended: unpaid' },
  ],
  [
    'a blank message',
    { status: 'locked', status_message: ' ' },
    { uuid: 'user-1', status: 'locked', statusMessage: '' },
  ],
] as const)
  test(`an account with ${what} is read`, async (t) => {
    const account = { uuid: 'user-1', droplet_limit: 25, ...fields };
    const api = await fakeApi(t, () => ({ status: 200, body: { account } }));
    const read = await cloudAt(t, api.url).cloud.account(urgent);
    assert.deepEqual(read, { userUUID: 'user-1', dropletLimit: 25, ...told });
  });

test('a cloud whose address changes keeps its identity', async (t) => {
  const api = await fakeApi(t, () => ({
    status: 200,
    body: { account: { uuid: 'acc-1', droplet_limit: 25 } },
  }));
  const { cloud } = cloudAt(t, api.url, { identityURL: 'simulator://built-in' });
  assert.deepEqual(await cloud.identity(urgent), { apiURL: 'simulator://built-in', accountUUID: 'acc-1' });
  assert.equal(cloud.apiURL, 'simulator://built-in');
});

test('a tag is put on with one call when it exists, and made first when it does not', async (t) => {
  const made = new Set<string>();
  const api = await fakeApi(t, ({ url, body }) => {
    if (url === '/v2/tags') made.add(JSON.parse(body).name);
    else if (!made.has('a:b')) return { status: 404, body: { id: 'not_found', message: 'no tag' } };
    return { status: url === '/v2/tags' ? 201 : 204 };
  });
  const { cloud } = cloudAt(t, api.url);
  const paths = () => api.seen.splice(0).map(({ method, url }) => `${method} ${url}`);
  await cloud.tag(7, 'a:b', urgent);
  const attach = 'POST /v2/tags/a%3Ab/resources';
  assert.deepEqual(paths(), [attach, 'POST /v2/tags', attach]);
  await cloud.tag(7, 'a:b', urgent);
  assert.deepEqual(JSON.parse(api.seen[0]?.body ?? ''), {
    resources: [{ resource_id: '7', resource_type: 'droplet' }],
  });
  assert.deepEqual(paths(), [attach]);
});

test('tagging a droplet that does not exist reports absent', async (t) => {
  const api = await fakeApi(t, ({ url }) =>
    url === '/v2/tags'
      ? { status: 422, body: { id: 'unprocessable_entity', message: 'Tag already exists' } }
      : { status: 404, body: { id: 'not_found', message: 'no droplet' } },
  );
  const error = await cloudAt(t, api.url)
    .cloud.tag(7, 'x', urgent)
    .catch((reason: unknown) => reason);
  assert.deepEqual(faultOf(error), { kind: 'absent' });
  assert.equal(api.seen.length, 3);
});

test('untagging a droplet without the tag succeeds', async (t) => {
  const api = await fakeApi(t, () => ({ status: 404, body: { id: 'not_found', message: 'no tag' } }));
  await cloudAt(t, api.url).cloud.untag(7, 'x', urgent);
  assert.equal(api.seen[0]?.method, 'DELETE');
});

test('a droplet is assigned to a project by its URN', async (t) => {
  const api = await fakeApi(t, () => ({ status: 200, body: { resources: [] } }));
  await cloudAt(t, api.url).cloud.assignToProject(7, 'p-1', urgent);
  assert.equal(api.seen[0]?.url, '/v2/projects/p-1/resources');
  assert.deepEqual(JSON.parse(api.seen[0]?.body ?? ''), { resources: ['do:droplet:7'] });
});
