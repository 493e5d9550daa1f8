import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refused, rig } from './support.ts';

const gets = { method: 'GET' };

/** Four droplets of one tag, ids in a row. */
function four(settings = {}) {
  const made = rig(settings);
  const ids = ['a', 'b', 'c', 'd'].map((name) => made.make(name, { tags: ['fleet'] }));
  const total = (query = '?tag_name=fleet') => made.get(`/v2/droplets${query}`).body.meta.total;
  return { ...made, ids, total };
}

test('for a while GET answers 404 and lists are empty, though all droplets live', () => {
  const { call, get, clock, ids, total, simulator } = four();
  call('POST', '/_simulator/faults', { effect: 'hide', match: gets, forMs: 20_000 });
  refused(get(`/v2/droplets/${ids[0]}`), 404, 'The resource you were accessing could not be found.');
  assert.deepEqual([total(), total('?name=a'), total('')], [0, 0, 0]);
  assert.equal(simulator.droplets().length, 4);
  clock.move(19_999);
  assert.equal(total(), 0);
  clock.move(1);
  assert.equal(total(), 4);
  assert.equal(get(`/v2/droplets/${ids[0]}`).status, 200);
});

test('a list shrinks while GET knows every droplet, and the other way round', () => {
  const { get, ids, total, simulator } = four();
  simulator.faults.order({
    id: 'short',
    effect: 'hide',
    match: { path: '/v2/droplets' },
    droplets: { every: 2 },
  });
  assert.equal(total(), 2);
  assert.ok(ids.every((id) => get(`/v2/droplets/${id}`).status === 200));
  simulator.faults.withdraw('short');
  simulator.faults.order({ effect: 'hide', match: { path: '/v2/droplets/*' }, droplets: { names: ['b'] } });
  assert.deepEqual(
    ids.map((id) => get(`/v2/droplets/${id}`).status),
    [200, 404, 200, 200],
  );
  assert.equal(total(), 4);
});

test('a fault picks look-ups by their query', () => {
  const { total, simulator } = four();
  simulator.faults.order({ effect: 'hide', match: { query: 'name=a' } });
  assert.deepEqual([total('?name=a'), total('?name=b'), total()], [0, 1, 4]);
});

test('one row of a list cannot be read', () => {
  const { get, ids, simulator } = four();
  simulator.faults.order({ effect: 'garble', droplets: { ids: [ids[1] ?? 0] }, field: 'region' });
  const { droplets, meta } = get('/v2/droplets?tag_name=fleet').body;
  assert.equal(meta.total, 4);
  assert.deepEqual(
    droplets.map(({ region }: { region: { slug: string } | null }) => region?.slug),
    ['fra1', undefined, 'fra1', 'fra1'],
  );
});

test('an error says what it is ordered to say, under the id of its status', () => {
  const { call, ids, simulator } = four();
  const match = { method: 'DELETE' };
  simulator.faults.order({
    effect: 'status',
    status: 403,
    message: 'missing droplet:delete',
    match,
    times: 1,
  });
  const forbidden = call('DELETE', `/v2/droplets/${ids[0]}`);
  refused(forbidden, 403, 'missing droplet:delete');
  assert.equal(forbidden.body.id, 'forbidden');
  simulator.faults.order({ effect: 'status', status: 422, message: 'Droplet is locked.', match, times: 1 });
  refused(call('DELETE', `/v2/droplets/${ids[0]}`), 422, 'Droplet is locked.');
  assert.equal(call('DELETE', `/v2/droplets/${ids[0]}`).status, 204);
});

test('a droplet stays new for ever, until it is let go', () => {
  const { call, get, clock, make } = rig({ bootStuck: 1, bootMs: 1_000 });
  const id = make('bot');
  clock.move(86_400_000);
  assert.equal(get(`/v2/droplets/${id}`).body.droplet.status, 'new');
  assert.equal(call('GET', `/_simulator/droplets/${id}`).body.droplet.stuck, true);
  call('PATCH', `/_simulator/droplets/${id}`, { stuck: false });
  assert.equal(get(`/v2/droplets/${id}`).body.droplet.status, 'active');
});

test('an action stays in progress, of one droplet or of every one, and can be read by its id', () => {
  const { act, call, get, clock, make, simulator } = rig({ actionMs: 1_000 });
  const id = make('bot');
  call('PATCH', `/_simulator/droplets/${id}`, { stuck: true });
  const { action } = act(id, 'power_off').body;
  const other = make('other');
  simulator.change({ actionStuck: 1 });
  const everyone = act(other, 'power_off').body.action;
  clock.move(900_000);
  for (const { id } of [action, everyone])
    assert.equal(get(`/v2/actions/${id}`).body.action.status, 'in-progress');
  assert.equal(get(`/v2/droplets/${id}`).body.droplet.status, 'active');
  refused(act(id, 'reboot'), 422, 'Droplet already has a pending event.');
  call('PATCH', `/_simulator/droplets/${id}`, { stuck: false });
  assert.equal(get(`/v2/actions/${action.id}`).body.action.status, 'completed');
  assert.equal(get(`/v2/droplets/${id}`).body.droplet.status, 'off');
});

test('an action that is let go before its time ends in its time', () => {
  const { act, get, clock, make, simulator } = rig({ actionMs: 1_000 });
  const id = make('bot');
  simulator.edit(id, { stuck: true });
  const { action } = act(id, 'reboot').body;
  simulator.edit(id, { stuck: false });
  assert.equal(get(`/v2/actions/${action.id}`).body.action.status, 'in-progress');
  clock.move(1_000);
  assert.equal(get(`/v2/actions/${action.id}`).body.action.status, 'completed');
});

test('a droplet can be archived', () => {
  const { call, get, make } = rig();
  const id = make('bot');
  call('PATCH', `/_simulator/droplets/${id}`, { status: 'archive' });
  assert.equal(get(`/v2/droplets/${id}`).body.droplet.status, 'archive');
});

test('tags appear long after the droplet is active', () => {
  const { clock, get, make } = rig({ lateTags: 1, tagLagMs: 60_000 });
  const id = make('bot', { tags: ['fleet'] });
  const shown = () => get(`/v2/droplets/${id}`).body.droplet;
  assert.deepEqual([shown().status, shown().tags], ['active', []]);
  clock.move(59_999);
  assert.equal(get('/v2/droplets?tag_name=fleet').body.meta.total, 0);
  clock.move(1);
  assert.deepEqual(shown().tags, ['fleet']);
  assert.equal(get('/v2/droplets?tag_name=fleet').body.meta.total, 1);
});

test('a GPU droplet is in no plain list and no look-up by name; only type=gpus shows it', () => {
  const { get, make } = rig();
  const id = make('gpu', { size: 'gpu-h100x1-80gb', region: 'tor1', tags: ['fleet'] });
  for (const query of ['', '?name=gpu', '?tag_name=fleet'])
    assert.equal(get(`/v2/droplets${query}`).body.meta.total, 0, query);
  for (const query of ['?type=gpus', '?type=gpus&name=gpu'])
    assert.equal(get(`/v2/droplets${query}`).body.droplets[0].id, id, query);
  refused(get('/v2/droplets?type=gpus&tag_name=fleet'), 422, /combined/);
});

test('a person renames, powers off and deletes, each with one call', () => {
  const { call, get, make } = rig();
  const id = make('bot');
  call('PATCH', `/_simulator/droplets/${id}`, { name: 'mine' });
  call('PATCH', `/_simulator/droplets/${id}`, { status: 'off' });
  const { name, status } = get(`/v2/droplets/${id}`).body.droplet;
  assert.deepEqual([name, status], ['mine', 'off']);
  assert.equal(call('DELETE', `/_simulator/droplets/${id}`).status, 204);
  assert.equal(get(`/v2/droplets/${id}`).status, 404);
});
