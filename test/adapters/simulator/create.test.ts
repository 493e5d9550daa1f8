import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DROPLET, refused, rig } from './support.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGK0wmN/Cr3JXqmLW7u+g9pTh+wyqDHpSQEIQczXkVx9 me@example.com';

test('a create answers 202 with a new droplet and the link to its action', () => {
  const { call, get, clock } = rig({ bootMs: 2_000 });
  const fields = { tags: ['Fleet'], ipv6: true, monitoring: true, user_data: '#cloud-config' };
  const { status, body } = call('POST', '/v2/droplets', { ...DROPLET, ...fields, name: 'bot.one' });
  assert.equal(status, 202);
  assert.equal(body.droplet.status, 'new');
  assert.deepEqual(body.droplet.networks, { v4: [], v6: [] });
  const [link] = body.links.actions;
  assert.equal(link.rel, 'create');
  assert.equal(link.href, `http://cloud.example/v2/actions/${link.id}`);
  assert.equal(get(`/v2/actions/${link.id}`).body.action.status, 'in-progress');
  clock.move(2_000);
  assert.equal(get(`/v2/actions/${link.id}`).body.action.status, 'completed');
  const { droplet } = get(`/v2/droplets/${body.droplet.id}`).body;
  assert.equal(droplet.status, 'active');
  assert.deepEqual(droplet.features, ['ipv6', 'monitoring', 'droplet_agent', 'private_networking']);
  assert.equal(droplet.networks.v6.length, 1);
  assert.equal('user_data' in droplet, false);
});

test('names makes up to ten droplets of one description', () => {
  const { call, simulator } = rig();
  const names = Array.from({ length: 10 }, (_, nth) => `bot-${nth}`);
  const { body } = call('POST', '/v2/droplets', { ...DROPLET, names, tags: ['set'] });
  assert.equal(body.droplets.length, 10);
  assert.equal(body.links.actions.length, 10);
  assert.equal('droplet' in body, false);
  refused(call('POST', '/v2/droplets', { ...DROPLET, names: [...names, 'more'] }), 422, /at most 10/);
  assert.equal(simulator.droplets().length, 10);
});

test('a create is refused in the words of the live API, and then makes nothing', () => {
  const { call, simulator } = rig();
  const wrong: readonly (readonly [fields: object, message: string | RegExp])[] = [
    [{ name: undefined }, "Name can't be blank"],
    [{ name: 'under_score' }, /valid hostname characters/],
    [{ name: 'ends-with-' }, /valid hostname characters/],
    [{ name: 'x'.repeat(256) }, /valid hostname characters/],
    [{ region: 'mars1' }, 'Region is not available'],
    [{ region: 'blr1' }, 'Region is not available'],
    [{ size: 's-99vcpu' }, 'You specified an invalid size for Droplet creation.'],
    [{ size: 's-1vcpu-3gb' }, 'You specified an invalid size for Droplet creation.'],
    [{ size: 'c-2', region: 'syd1' }, 'Size is not available in this region.'],
    [{ image: 'windows-95' }, 'You specified an invalid image for Droplet creation.'],
    [{ image: 1 }, 'You specified an invalid image for Droplet creation.'],
    [{ tags: ['no spaces'] }, /Tag name is invalid/],
    [{ user_data: 'é'.repeat(32_769) }, /64 KiB/],
    [{ ipv6: 'yes' }, /ipv6/],
  ];
  for (const [fields, message] of wrong) {
    refused(call('POST', '/v2/droplets', { ...DROPLET, name: 'bot', ...fields }), 422, message);
  }
  refused(call('POST', '/v2/droplets', '{"name": "bot"'), 400, /parsing the request body/);
  assert.deepEqual(simulator.droplets(), []);
  assert.deepEqual(simulator.lives.lives(), []);
});

test('user-data of exactly 64 KiB is taken', () => {
  const { make, simulator } = rig();
  const id = make('full', { user_data: 'x'.repeat(65_536) });
  assert.equal(simulator.userData(id)?.length, 65_536);
});

test('an image is named by slug or by number', () => {
  const { get, make } = rig();
  const { id } = get('/v2/images/debian-12-x64').body.image;
  const droplet = make('numbered', { image: id });
  assert.equal(get(`/v2/droplets/${droplet}`).body.droplet.image.slug, 'debian-12-x64');
});

test('beyond the droplet limit nothing is made, not even a part of what was asked for', () => {
  const { call, get, make, simulator } = rig({ dropletLimit: 2 });
  assert.equal(get('/v2/account').body.account.droplet_limit, 2);
  const first = make('one');
  const message = 'creating this/these droplet(s) will exceed your droplet limit';
  refused(call('POST', '/v2/droplets', { ...DROPLET, names: ['two', 'three'] }), 422, message);
  assert.equal(simulator.droplets().length, 1);
  make('two');
  refused(call('POST', '/v2/droplets', { ...DROPLET, name: 'three' }), 422, message);
  call('DELETE', `/v2/droplets/${first}`);
  make('three');
});

test('SSH keys must be the account’s own only where that is checked', () => {
  const { call, make } = rig();
  make('lenient', { ssh_keys: [1] });
  const strict = rig({ checkSSHKeys: true });
  const { ssh_key } = strict.call('POST', '/v2/account/keys', { name: 'mine', public_key: KEY }).body;
  strict.make('known', { ssh_keys: [ssh_key.id, ssh_key.fingerprint] });
  refused(
    strict.call('POST', '/v2/droplets', { ...DROPLET, name: 'unknown', ssh_keys: [ssh_key.id, 7] }),
    422,
    '7 are invalid key identifiers for Droplet creation.',
  );
  refused(call('POST', '/v2/account/keys', { name: 'bad', public_key: 'nonsense' }), 422, /Key invalid/);
});

test('without a region the cloud picks one where the size is sold', () => {
  const { get, make } = rig();
  const id = make('anywhere', { region: undefined, size: 'gpu-h100x1-80gb' });
  assert.equal(get(`/v2/droplets/${id}`).body.droplet.region.slug, 'tor1');
});
