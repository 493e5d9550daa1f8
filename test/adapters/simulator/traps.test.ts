import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refused, rig } from './support.ts';

test('trap 1: a list lags a create, by name and by tag too, while GET already knows the droplet', () => {
  const { clock, get, make } = rig({ listLagMs: 3_000 });
  const id = make('slow', { tags: ['fleet'] });
  const lists = ['/v2/droplets', '/v2/droplets?name=slow', '/v2/droplets?tag_name=fleet'];
  assert.equal(get(`/v2/droplets/${id}`).status, 200);
  clock.move(2_999);
  for (const list of lists) assert.equal(get(list).body.meta.total, 0, list);
  clock.move(1);
  for (const list of lists) assert.equal(get(list).body.droplets[0].id, id, list);
});

test('trap 1, the other way: a droplet that is gone stays in lists for a while', () => {
  const { clock, call, get, make } = rig({ listLagMs: 3_000 });
  const id = make('ghost', { tags: ['fleet'] });
  clock.move(3_000);
  assert.equal(call('DELETE', `/v2/droplets/${id}`).status, 204);
  assert.equal(get(`/v2/droplets/${id}`).status, 404);
  assert.equal(get('/v2/droplets?tag_name=fleet').body.meta.total, 1);
  clock.move(3_000);
  assert.equal(get('/v2/droplets?tag_name=fleet').body.meta.total, 0);
});

test('trap 2: names are not unique, so that a create sent twice makes two droplets', () => {
  const { get, make, simulator } = rig();
  const ids = [make('twin'), make('Twin')];
  const { droplets } = get('/v2/droplets?name=TWIN').body;
  assert.deepEqual(
    droplets.map((droplet: { id: number }) => droplet.id),
    ids,
  );
  assert.deepEqual(simulator.lives.overlaps()[0]?.ids, ids);
});

test('trap 3: a 404 soon after a create can mean that the droplet is not to be seen yet', () => {
  const { clock, get, make } = rig({ getLagMs: 500 });
  const id = make('shy');
  refused(get(`/v2/droplets/${id}`), 404, 'The resource you were accessing could not be found.');
  clock.move(500);
  assert.equal(get(`/v2/droplets/${id}`).status, 200);
});

test('trap 3: or that placement failed and the droplet is gone', () => {
  const { clock, get, make } = rig({ createFails: 1, bootMs: 1_000 });
  const id = make('unlucky');
  assert.equal(get(`/v2/droplets/${id}`).body.droplet.status, 'new');
  const [action] = get(`/v2/droplets/${id}/actions`).body.actions;
  clock.move(1_000);
  assert.equal(get(`/v2/droplets/${id}`).status, 404);
  assert.equal(get(`/v2/actions/${action.id}`).body.action.status, 'errored');
});

test('trap 4: an active droplet may have no address yet', () => {
  const { clock, get, make } = rig({ bootMs: 1_000, addressLagMs: 500 });
  const id = make('homeless');
  assert.deepEqual(get(`/v2/droplets/${id}`).body.droplet.networks, { v4: [], v6: [] });
  clock.move(1_000);
  const active = get(`/v2/droplets/${id}`).body.droplet;
  assert.equal(active.status, 'active');
  assert.deepEqual(active.networks.v4, []);
  clock.move(500);
  const { v4 } = get(`/v2/droplets/${id}`).body.droplet.networks;
  assert.deepEqual(
    v4.map(({ type }: { type: string }) => type),
    ['private', 'public'],
  );
});

test('trap 5: a droplet that is not locked can still be busy', () => {
  const { act, get, make } = rig({ actionMs: 1_000 });
  const id = make('busy');
  assert.equal(act(id, 'reboot').status, 201);
  assert.equal(get(`/v2/droplets/${id}`).body.droplet.locked, false);
  refused(act(id, 'power_off'), 422, 'Droplet already has a pending event.');
});

test('trap 6: a shutdown may complete with the droplet still active', () => {
  const { act, get, make } = rig({ shutdownIgnored: 1 });
  const id = make('stubborn');
  const { action } = act(id, 'shutdown').body;
  assert.equal(get(`/v2/actions/${action.id}`).body.action.status, 'completed');
  assert.equal(get(`/v2/droplets/${id}`).body.droplet.status, 'active');
  act(id, 'power_off');
  assert.equal(get(`/v2/droplets/${id}`).body.droplet.status, 'off');
});

test('trap 6: or end errored; or only one droplet may be deaf', () => {
  const { act, get, make, simulator } = rig({ shutdownErrored: 1 });
  const id = make('failing');
  const { action } = act(id, 'shutdown').body;
  assert.equal(get(`/v2/actions/${action.id}`).body.action.status, 'errored');
  simulator.change({ shutdownErrored: 0 });
  const deaf = make('deaf');
  simulator.edit(deaf, { ignoresShutdown: true });
  act(id, 'shutdown');
  act(deaf, 'shutdown');
  assert.equal(get(`/v2/droplets/${id}`).body.droplet.status, 'off');
  assert.equal(get(`/v2/droplets/${deaf}`).body.droplet.status, 'active');
});

test('trap 7: a 204 is no proof of death', () => {
  const { clock, call, get, make, simulator } = rig({ deleteMs: 1_000 });
  const id = make('lingering');
  assert.equal(call('DELETE', `/v2/droplets/${id}`).status, 204);
  clock.move(999);
  assert.equal(get(`/v2/droplets/${id}`).body.droplet.status, 'active');
  assert.equal(simulator.lives.lives()[0]?.destroyedAt, undefined);
  clock.move(1);
  assert.equal(get(`/v2/droplets/${id}`).status, 404);
  refused(call('DELETE', `/v2/droplets/${id}`), 404, /could not be found/);
});

test('trap 7: a droplet may even outlive its DELETE for good', () => {
  const { clock, call, get, make, simulator } = rig();
  const id = make('immortal');
  simulator.edit(id, { ignoresDelete: true });
  assert.equal(call('DELETE', `/v2/droplets/${id}`).status, 204);
  clock.move(86_400_000);
  assert.equal(get(`/v2/droplets/${id}`).status, 200);
});

test('trap 8: tags are case-insensitive, keep their first spelling for ever, and may come late', () => {
  const { clock, call, get, make } = rig({ lateTags: 1, bootMs: 1_000 });
  const id = make('tagged', { tags: ['OpenClaw'] });
  assert.deepEqual(get(`/v2/droplets/${id}`).body.droplet.tags, []);
  assert.equal(get('/v2/droplets?tag_name=openclaw').body.meta.total, 0);
  clock.move(1_000);
  assert.deepEqual(get(`/v2/droplets/${id}`).body.droplet.tags, ['OpenClaw']);
  assert.equal(get('/v2/droplets?tag_name=OPENCLAW').body.meta.total, 1);
  assert.equal(call('DELETE', '/v2/tags/openclaw').status, 204);
  assert.deepEqual(get(`/v2/droplets/${id}`).body.droplet.tags, []);
  assert.equal(call('POST', '/v2/tags', { name: 'openclaw' }).body.tag.name, 'OpenClaw');
});

test('trap 9: errors may be HTML, and bodies may be cut', () => {
  const { get, raw, simulator } = rig();
  simulator.faults.order({ effect: 'status', status: 504, html: true, times: 1 });
  simulator.faults.order({ effect: 'brokenJSON', times: 1 });
  const html = raw('GET', '/v2/account');
  assert.ok(html.kind === 'response');
  assert.equal(html.status, 504);
  assert.match(html.headers['content-type'] ?? '', /^text\/html/);
  assert.match(html.body, /<h1>504 Gateway Time-out<\/h1>/);
  const broken = raw('GET', '/v2/account');
  assert.ok(broken.kind === 'response');
  assert.equal(broken.status, 200);
  assert.throws(() => JSON.parse(broken.body), SyntaxError);
  assert.equal(get('/v2/account').status, 200);
});

test('trap 10: the default page is 20 long, GPU droplets are left out, and tags hide without tag:read', () => {
  const tokens = [{ token: 'token' }, { token: 'blind', scopes: ['droplet:read'] }];
  const { get, make } = rig({}, { tokens });
  for (let nth = 0; nth < 21; nth += 1) make(`bot-${nth}`, { tags: ['fleet'] });
  make('gpu', { size: 'gpu-h100x1-80gb', region: 'tor1', tags: ['fleet'] });
  const first = get('/v2/droplets').body;
  assert.equal(first.droplets.length, 20);
  assert.equal(first.meta.total, 21);
  assert.equal(get('/v2/droplets?type=gpus').body.droplets[0].name, 'gpu');
  assert.deepEqual(get('/v2/droplets', 'blind').body.droplets[0].tags, []);
  refused(get('/v2/droplets?tag_name=fleet', 'blind'), 403, /not authorized/);
  assert.deepEqual(get('/v2/droplets?per_page=1').body.droplets[0].tags, ['fleet']);
});
