import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DROPLET, refused, rig } from './support.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGK0wmN/Cr3JXqmLW7u+g9pTh+wyqDHpSQEIQczXkVx9 me@example.com';

test('a colleague’s token leads to the same team under another user', () => {
  const { call, get, make } = rig();
  call('POST', '/_simulator/tokens', { token: 'colleague', user: 'ann' });
  const id = make('bot');
  const [mine, hers] = [get('/v2/account'), get('/v2/account', 'colleague')];
  assert.equal(hers.body.account.team.uuid, mine.body.account.team.uuid);
  assert.notEqual(hers.body.account.uuid, mine.body.account.uuid);
  assert.equal(get(`/v2/droplets/${id}`, 'colleague').status, 200);
});

test('the same person’s token of another team leads to another account, with droplets of its own', () => {
  const { call, get, make, simulator } = rig();
  call('POST', '/_simulator/tokens', { token: 'elsewhere', team: 'play' });
  const id = make('bot');
  const [here, there] = [get('/v2/account').body.account, get('/v2/account', 'elsewhere').body.account];
  assert.equal(there.uuid, here.uuid, 'one person');
  assert.notEqual(there.team.uuid, here.team.uuid);
  assert.equal(get(`/v2/droplets/${id}`, 'elsewhere').status, 404);
  assert.equal(get('/v2/droplets', 'elsewhere').body.meta.total, 0);
  const made = call('POST', '/v2/droplets', { ...DROPLET, name: 'bot' }, 'elsewhere').body.droplet;
  assert.notEqual(made.id, id, 'ids are one sequence for the whole cloud');
  assert.deepEqual(
    call('GET', '/_simulator/droplets?team=play').body.droplets.map((droplet: { id: number }) => droplet.id),
    [made.id],
  );
  assert.equal(simulator.droplets().length, 1);
  assert.equal(call('DELETE', `/_simulator/droplets/${made.id}`).status, 204);
});

test('time passes in every team alike', () => {
  const { call, get, clock, simulator } = rig({ bootMs: 1_000 });
  simulator.grant({ token: 'elsewhere', team: 'play' });
  const { id } = call('POST', '/v2/droplets', { ...DROPLET, name: 'bot' }, 'elsewhere').body.droplet;
  clock.move(500);
  simulator.skip(500);
  assert.equal(get(`/v2/droplets/${id}`, 'elsewhere').body.droplet.status, 'active');
});

test('a token can be revoked, and granted again with fewer scopes', () => {
  const { call, get } = rig();
  assert.equal(get('/v2/account', 'mine').status, 200);
  assert.equal(call('DELETE', '/_simulator/tokens/mine').status, 204);
  refused(get('/v2/account', 'mine'), 401, 'Unable to authenticate you.');
  call('POST', '/_simulator/tokens', { token: 'mine', scopes: ['droplet:read'] });
  refused(get('/v2/account', 'mine'), 403, /not authorized/);
  assert.equal(get('/v2/droplets', 'mine').status, 200);
});

test('an account can be warned, and locked: then it takes no POST', () => {
  const { call, get, make } = rig();
  const id = make('bot');
  call('PATCH', '/_simulator/settings', { accountStatus: 'warning', accountMessage: 'your card expires' });
  const { status, status_message } = get('/v2/account').body.account;
  assert.deepEqual([status, status_message], ['warning', 'your card expires']);
  assert.equal(call('POST', '/v2/droplets', { ...DROPLET, name: 'two' }).status, 202);
  call('PATCH', '/_simulator/settings', { accountStatus: 'locked', accountMessage: 'write to us' });
  refused(call('POST', '/v2/droplets', { ...DROPLET, name: 'three' }), 403, 'write to us');
  assert.equal(call('DELETE', `/v2/droplets/${id}`).status, 204);
});

test('a person restores droplets by hand, under any names, past the limit: agent, region and size come along, tags do not', () => {
  const { call, get, make, simulator } = rig({ dropletLimit: 1 });
  const id = make('bot-1', { tags: ['fleet'], user_data: '#!/bin/sh', size: 's-2vcpu-4gb' });
  simulator.writeDisk(id, { token: 'secret' } as never);
  const { droplets } = call('POST', '/_simulator/droplets', { names: ['bot-1', 'bot-2'], like: id }).body;
  assert.deepEqual(
    droplets.map(({ name, size, tags }: { name: string; size: string; tags: string[] }) => [
      name,
      size,
      tags,
    ]),
    [
      ['bot-1', 's-2vcpu-4gb', []],
      ['bot-2', 's-2vcpu-4gb', []],
    ],
  );
  const machine = simulator.machine(droplets[0].id);
  assert.deepEqual([machine?.userData, machine?.disk], ['#!/bin/sh', { token: 'secret' }]);
  const tagged = call('POST', '/_simulator/droplets', { names: ['bot-3'], tags: ['Fleet'] }).body.droplets[0];
  assert.equal(get('/v2/droplets?tag_name=fleet').body.meta.total, 2);
  assert.equal(get(`/v2/droplets/${tagged.id}`).body.droplet.status, 'active');
  refused(call('POST', '/_simulator/droplets', { names: ['x'], size: 's-9' }), 422, /s-9/);
});

test('a snapshot can be made and deleted: what was made of it lives on, nothing more is made', () => {
  const { call, get, make } = rig();
  const { image } = call('POST', '/_simulator/images', { name: 'golden', minDiskGB: 50 }).body;
  assert.equal(get(`/v2/images/${image.id}`).body.image.name, 'golden');
  const small = call('POST', '/v2/droplets', { ...DROPLET, name: 'small', image: String(image.id) });
  refused(small, 422, 'You specified an invalid image for Droplet creation.');
  const id = make('bot', { image: image.id, size: 's-2vcpu-4gb' });
  assert.equal(call('DELETE', `/_simulator/images/${image.id}`).status, 204);
  assert.equal(call('DELETE', `/v2/images/${image.id}`).status, 404);
  assert.equal(get(`/v2/images/${image.id}`).status, 404);
  assert.equal(get(`/v2/droplets/${id}`).body.droplet.image.id, image.id);
  refused(call('POST', '/v2/droplets', { ...DROPLET, name: 'late', image: image.id }), 422, /invalid image/);
  const elsewhere = call('POST', '/_simulator/images', { name: 'far', regions: ['sgp1'] }).body.image;
  refused(
    call('POST', '/v2/droplets', { ...DROPLET, name: 'far', image: elsewhere.id }),
    422,
    /invalid image/,
  );
});

test('1-Click images are found by slug, though no list of distributions has them', () => {
  const { get } = rig();
  assert.equal(get('/v2/images/docker-20-04').body.image.type, 'snapshot');
  const { images } = get('/v2/images?type=distribution&per_page=200').body;
  assert.ok(!images.some(({ slug }: { slug: string }) => slug === 'docker-20-04'));
});

test('keys are asked for ten times a minute, by id, fingerprint or list; other calls go on', () => {
  const { call, get, clock } = rig({ minuteLimit: 250 });
  const { id, fingerprint } = call('POST', '/v2/account/keys', { name: 'ops', public_key: KEY }).body.ssh_key;
  for (const key of [id, fingerprint]) assert.equal(get(`/v2/account/keys/${key}`).status, 200);
  for (let nth = 2; nth < 10; nth += 1) assert.equal(get('/v2/account/keys').status, 200);
  const eleventh = get(`/v2/account/keys/${id}`);
  refused(eleventh, 429, /rate limit/);
  assert.equal(eleventh.headers['retry-after'], '60');
  assert.equal(get('/v2/account').status, 200);
  clock.move(60_000);
  assert.equal(get(`/v2/account/keys/${id}`).status, 200);
});

test('each region has a VPC, more can be made and removed, and a create must name one of its region', () => {
  const { call, get, make } = rig();
  const { vpcs } = get('/v2/vpcs').body;
  assert.ok(vpcs.every((vpc: { default: boolean }) => vpc.default));
  const { vpc } = call('POST', '/v2/vpcs', { name: 'bots', region: 'fra1' }).body;
  assert.equal(get(`/v2/vpcs/${vpc.id}`).body.vpc.region, 'fra1');
  make('bot', { vpc_uuid: vpc.id });
  refused(
    call('POST', '/v2/droplets', { ...DROPLET, name: 'x', region: 'ams3', vpc_uuid: vpc.id }),
    422,
    /VPC/,
  );
  assert.equal(call('DELETE', `/v2/vpcs/${vpc.id}`).status, 204);
  assert.equal(get(`/v2/vpcs/${vpc.id}`).status, 404);
});

test('the whole cloud’s clock can be wrong: dates, stamps and resets are, alike', () => {
  const { call, get, make } = rig();
  const id = make('bot');
  const before = get(`/v2/droplets/${id}`);
  call('PATCH', '/_simulator/settings', { clockOffsetMs: -3_600_000 });
  const after = get(`/v2/droplets/${id}`);
  const hours = (one: string, other: string) => (Date.parse(one) - Date.parse(other)) / 3_600_000;
  assert.equal(hours(before.headers['date'] ?? '', after.headers['date'] ?? ''), 1);
  assert.equal(hours(before.body.droplet.created_at, after.body.droplet.created_at), 1);
  const reset = (answer: typeof before) => Number(answer.headers['ratelimit-reset']);
  assert.equal(reset(before) - reset(after), 3_600);
});
