import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DROPLET, refused, rig } from './support.ts';

const TOKENS = [
  { token: 'token' },
  { token: 'reader', scopes: ['droplet:read', 'account:read'] },
  { token: 'maker', scopes: ['droplet:create', 'droplet:read', 'droplet:update'] },
];

test('an unknown token, and none, are refused with 401', () => {
  const { get, simulator } = rig({}, { tokens: TOKENS });
  refused(get('/v2/account', 'stranger'), 401, 'Unable to authenticate you.');
  const answer = simulator.handle({ method: 'GET', path: '/v2/account' });
  assert.ok(answer.kind === 'response');
  assert.equal(answer.status, 401);
});

test('a token without the scope is refused with 403, and nothing happens', () => {
  const { call, get, make, simulator } = rig({}, { tokens: TOKENS });
  const id = make('bot');
  assert.equal(get(`/v2/droplets/${id}`, 'reader').status, 200);
  refused(call('DELETE', `/v2/droplets/${id}`, undefined, 'reader'), 403, /not authorized/);
  refused(call('POST', '/v2/droplets', { ...DROPLET, name: 'x' }, 'reader'), 403, /not authorized/);
  refused(get('/v2/sizes', 'reader'), 403, /not authorized/);
  assert.equal(simulator.droplets()[0]?.dying, false);
});

test('tags on a create need tag:create, and a rebuild needs droplet:admin', () => {
  const { call } = rig({}, { tokens: TOKENS });
  refused(
    call('POST', '/v2/droplets', { ...DROPLET, name: 'x', tags: ['a'] }, 'maker'),
    403,
    /not authorized/,
  );
  const { droplet } = call('POST', '/v2/droplets', { ...DROPLET, name: 'x' }, 'maker').body;
  const rebuild = { type: 'rebuild', image: 'debian-12-x64' };
  refused(call('POST', `/v2/droplets/${droplet.id}/actions`, rebuild, 'maker'), 403, /not authorized/);
});

test('an unknown route or method is a 404 in the API’s own shape', () => {
  const { call, get } = rig();
  refused(get('/v2/nonsense'), 404, 'The resource you were accessing could not be found.');
  refused(get('/'), 404, /could not be found/);
  refused(call('PUT', '/v2/droplets'), 404, /could not be found/);
  refused(get('/v2/droplets/%E0%A4%A'), 404, /could not be found/);
  assert.match(get('/v2/nonsense').body.request_id, /^[0-9a-f-]{36}$/);
});

test('a droplet can be put into a project, and 200 tells nothing of whether it exists', () => {
  const { call, get, make } = rig(
    {},
    { projects: [{ id: '11111111-2222-4333-8444-555555555555', name: 'bots' }] },
  );
  const id = make('bot');
  const project = '/v2/projects/11111111-2222-4333-8444-555555555555';
  assert.equal(get('/v2/projects/default').body.project.is_default, true);
  assert.equal(get('/v2/projects').body.meta.total, 2);
  assert.equal(get('/v2/projects/default/resources').body.meta.total, 1);
  const urns = { resources: [`do:droplet:${id}`, 'do:droplet:1'] };
  const { status, body } = call('POST', `${project}/resources`, urns);
  assert.equal(status, 200);
  assert.deepEqual(
    body.resources.map((resource: { status: string }) => resource.status),
    ['ok', 'not_found'],
  );
  assert.equal(get(`${project}/resources`).body.resources[0].urn, `do:droplet:${id}`);
  assert.equal(get('/v2/projects/default/resources').body.meta.total, 0);
  refused(call('POST', '/v2/projects/none/resources', urns), 404, /could not be found/);
  refused(call('POST', `${project}/resources`, { resources: ['droplet 1'] }), 422, /invalid urn/);
});

test('tags: one that exists is given back as it is spelt, a bad name is refused without id and message', () => {
  const { call, get, make } = rig();
  assert.equal(call('POST', '/v2/tags', { name: 'Red' }).status, 201);
  assert.equal(call('POST', '/v2/tags', { name: 'RED' }).body.tag.name, 'Red');
  const bad = call('POST', '/v2/tags', { name: 'not valid' });
  assert.equal(bad.status, 400);
  assert.deepEqual(Object.keys(bad.body), ['error', 'messages', 'root_causes']);
  const id = make('bot', { tags: ['red'] });
  const { resources } = get('/v2/tags/red').body.tag;
  assert.deepEqual([resources.count, resources.droplets.count], [1, 1]);
  const missing = { resources: [{ resource_id: '1', resource_type: 'droplet' }] };
  refused(call('POST', '/v2/tags/red/resources', missing), 404, /could not be found/);
  const there = { resources: [{ resource_id: String(id), resource_type: 'droplet' }] };
  refused(call('POST', '/v2/tags/never-made/resources', there), 404, /could not be found/);
  refused(get('/v2/tags/blue'), 404, /could not be found/);
});
