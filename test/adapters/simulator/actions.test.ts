import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refused, rig } from './support.ts';

test('an action runs for its time, and shows its effect only when it is completed', () => {
  const { act, clock, get, make } = rig({ actionMs: 1_000 });
  const id = make('bot');
  const { status, body } = act(id, 'power_off');
  assert.equal(status, 201);
  assert.equal(body.action.status, 'in-progress');
  assert.equal(body.action.completed_at, null);
  assert.equal(body.action.resource_id, id);
  clock.move(999);
  assert.equal(get(`/v2/droplets/${id}`).body.droplet.status, 'active');
  clock.move(1);
  const done = get(`/v2/droplets/${id}/actions/${body.action.id}`).body.action;
  assert.equal(done.status, 'completed');
  assert.equal(done.completed_at, '2026-03-01T12:00:01Z');
  assert.equal(get(`/v2/droplets/${id}`).body.droplet.status, 'off');
});

test('power actions refuse what is already so', () => {
  const { act, get, make } = rig();
  const id = make('bot');
  refused(act(id, 'power_on'), 422, 'Droplet is already powered on.');
  act(id, 'power_off');
  refused(act(id, 'power_off'), 422, 'Droplet is already powered off.');
  refused(act(id, 'shutdown'), 422, 'Droplet is already powered off.');
  refused(act(id, 'reboot'), 422, /powered off/);
  refused(act(id, 'power_cycle'), 422, /powered off/);
  act(id, 'power_on');
  assert.equal(get(`/v2/droplets/${id}`).body.droplet.status, 'active');
});

test('no action starts while the droplet boots or dies', () => {
  const { act, call, clock, make } = rig({ bootMs: 1_000, deleteMs: 1_000 });
  const id = make('bot');
  refused(act(id, 'power_off'), 422, 'Droplet already has a pending event.');
  clock.move(1_000);
  call('DELETE', `/v2/droplets/${id}`);
  refused(act(id, 'power_off'), 422, 'Droplet already has a pending event.');
});

test('a DELETE during an action is refused only where that was ordered', () => {
  const { act, call, clock, make, simulator } = rig({ actionMs: 1_000, deleteRefused: 1 });
  const id = make('bot');
  act(id, 'reboot');
  refused(call('DELETE', `/v2/droplets/${id}`), 422, 'Droplet already has a pending event.');
  simulator.change({ deleteRefused: 0 });
  assert.equal(call('DELETE', `/v2/droplets/${id}`).status, 204);
  clock.move(1_000);
  assert.equal(simulator.journal.counts().length, 3);
});

test('a resize needs the droplet off, another size sold there, and no smaller disk', () => {
  const { act, get, make } = rig();
  const id = make('bot', { region: 'syd1' });
  refused(act(id, 'resize', { size: 's-2vcpu-4gb', disk: false }), 422, /powered off/);
  act(id, 'power_off');
  refused(act(id, 'resize', { size: 's-1vcpu-512mb-10gb' }), 422, /smaller disk/);
  refused(act(id, 'resize', { size: 'nonsense' }), 422, /invalid size/);
  refused(act(id, 'resize', { size: 'c-2' }), 422, 'Size is not available in this region.');
  act(id, 'resize', { size: 's-2vcpu-4gb', disk: false });
  const flexible = get(`/v2/droplets/${id}`).body.droplet;
  assert.deepEqual([flexible.size_slug, flexible.memory, flexible.disk], ['s-2vcpu-4gb', 4_096, 25]);
  act(id, 'resize', { size: 's-1vcpu-2gb', disk: true });
  assert.equal(get(`/v2/droplets/${id}`).body.droplet.disk, 50);
  refused(act(id, 'resize', { size: 's-1vcpu-1gb', disk: false }), 422, /smaller disk/);
});

test('a resize, a rebuild and a snapshot lock the droplet', () => {
  const { act, clock, get, make } = rig({ actionMs: 1_000 });
  const id = make('bot');
  act(id, 'snapshot', { name: 'saved' });
  assert.equal(get(`/v2/droplets/${id}`).body.droplet.locked, true);
  clock.move(1_000);
  const { locked, snapshot_ids } = get(`/v2/droplets/${id}`).body.droplet;
  assert.equal(locked, false);
  const { image } = get(`/v2/images/${snapshot_ids[0]}`).body;
  assert.deepEqual([image.name, image.public, image.slug], ['saved', false, null]);
  assert.equal(get('/v2/images?private=true').body.meta.total, 1);
});

test('rename, rebuild, backups and ipv6 change what they name and nothing else', () => {
  const { act, get, make } = rig();
  const id = make('bot');
  const before = get(`/v2/droplets/${id}`).body.droplet;
  act(id, 'rename', { name: 'renamed' });
  act(id, 'rebuild', { image: 'debian-12-x64' });
  act(id, 'enable_backups');
  act(id, 'enable_ipv6');
  const after = get(`/v2/droplets/${id}`).body.droplet;
  assert.deepEqual([after.name, after.image.slug], ['renamed', 'debian-12-x64']);
  assert.deepEqual(after.features.slice(0, 2), ['backups', 'ipv6']);
  assert.ok(after.next_backup_window.start);
  for (const field of ['id', 'created_at', 'size_slug', 'status'])
    assert.equal(after[field], before[field], field);
  refused(act(id, 'rename', { name: 'not valid' }), 422, /hostname/);
  refused(act(id, 'rebuild', { image: 'nothing' }), 422, /invalid image/);
  refused(act(id, 'dance'), 422, /type is invalid/);
});

test('a droplet’s actions are listed newest first, and belong to it alone', () => {
  const { act, get, make } = rig();
  const id = make('bot');
  const other = make('other');
  act(id, 'reboot');
  const { actions } = get(`/v2/droplets/${id}/actions`).body;
  assert.deepEqual(
    actions.map(({ type }: { type: string }) => type),
    ['reboot', 'create'],
  );
  refused(get(`/v2/droplets/${other}/actions/${actions[0].id}`), 404, /could not be found/);
  assert.equal(get('/v2/actions').body.meta.total, 3);
});

test('an action by tag takes every droplet of the tag that can take it', () => {
  const { act, call, get, make } = rig();
  const ids = ['a', 'b', 'c'].map((name) => make(name, { tags: ['fleet'] }));
  const untouched = make('d');
  act(ids[0] ?? 0, 'power_off');
  const { status, body } = call('POST', '/v2/droplets/actions?tag_name=FLEET', { type: 'power_off' });
  assert.equal(status, 201);
  assert.deepEqual(
    body.actions.map((action: { resource_id: number }) => action.resource_id),
    ids.slice(1),
  );
  assert.equal(get(`/v2/droplets/${untouched}`).body.droplet.status, 'active');
  refused(call('POST', '/v2/droplets/actions?tag_name=fleet', { type: 'reboot' }), 422, /tagged/);
  refused(call('POST', '/v2/droplets/actions?tag_name=none', { type: 'power_off' }), 404, /not be found/);
});

test('a DELETE by tag takes those droplets only, and never all for want of a tag', () => {
  const { call, get, make } = rig();
  make('a', { tags: ['fleet'] });
  make('b', { tags: ['fleet'] });
  const other = make('c');
  refused(call('DELETE', '/v2/droplets'), 400, /tag_name/);
  assert.equal(call('DELETE', '/v2/droplets?tag_name=fleet').status, 204);
  assert.deepEqual(
    get('/v2/droplets').body.droplets.map(({ id }: { id: number }) => id),
    [other],
  );
});
