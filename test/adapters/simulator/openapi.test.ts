import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDescribed, OpenAPICheck } from './openapi.ts';
import { type Answered, DROPLET, rig } from './support.ts';

const skip = isDescribed ? false : "DigitalOcean's OpenAPI description is not beside the checkout";
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGK0wmN/Cr3JXqmLW7u+g9pTh+wyqDHpSQEIQczXkVx9 me@example.com';

function checked() {
  const check = new OpenAPICheck();
  const { call, clock, simulator } = rig(
    { bootMs: 1_000 },
    { tokens: [{ token: 'token' }, { token: 'reader', scopes: ['droplet:read'] }] },
  );
  const ask = (method: string, path: string, body?: unknown, token?: string): Answered => {
    const answered = call(method, path, body, token);
    check.check(method, path, answered);
    return answered;
  };
  return { ask, call, check, clock, simulator };
}

test('every answer of every droplet route is as the OpenAPI description has it', { skip }, () => {
  const { ask, check, clock } = checked();
  const full = { ipv6: true, backups: true, monitoring: true, tags: ['Fleet', 'b'], user_data: '#!/bin/sh' };
  const { id } = ask('POST', '/v2/droplets', { ...DROPLET, ...full, name: 'one' }).body.droplet;
  ask('POST', '/v2/droplets', { ...DROPLET, names: ['two', 'three'] });
  ask('GET', `/v2/droplets/${id}`);
  clock.move(1_000);
  ask('GET', `/v2/droplets/${id}`);
  for (const query of [
    '',
    '?per_page=1',
    '?per_page=1&page=2',
    '?per_page=1&page=3',
    '?name=one',
    '?tag_name=b',
    '?type=gpus',
  ]) {
    ask('GET', `/v2/droplets${query}`);
  }
  for (const [type, fields] of ACTIONS) ask('POST', `/v2/droplets/${id}/actions`, { type, ...fields });
  ask('POST', '/v2/droplets/actions?tag_name=fleet', { type: 'power_cycle' });
  ask('GET', `/v2/droplets/${id}`);
  const { actions } = ask('GET', `/v2/droplets/${id}/actions?per_page=2&page=2`).body;
  ask('GET', `/v2/droplets/${id}/actions/${actions[0].id}`);
  ask('GET', '/v2/actions?per_page=2');
  ask('GET', `/v2/actions/${actions[0].id}`);
  ask('GET', `/v2/droplets/${id}/snapshots`);
  ask('DELETE', `/v2/droplets/${id}`);
  ask('DELETE', '/v2/droplets?tag_name=fleet');
  assert.ok(check.seen.has('GET /v2/droplets/{droplet_id}/snapshots 200'));
  const failed = [...check.seen].filter((label) => /[45]\d\d$/.test(label));
  assert.deepEqual(failed, []);
});

const ACTIONS: readonly (readonly [type: string, fields: object])[] = [
  ['reboot', {}],
  ['rename', { name: 'renamed' }],
  ['snapshot', { name: 'saved' }],
  ['enable_backups', {}],
  ['disable_backups', {}],
  ['enable_ipv6', {}],
  ['password_reset', {}],
  ['shutdown', {}],
  ['resize', { size: 's-2vcpu-4gb', disk: true }],
  ['power_on', {}],
  ['power_off', {}],
  ['rebuild', { image: 'debian-12-x64' }],
  ['power_cycle', {}],
];

test('every answer of the other routes is as the OpenAPI description has it', { skip }, () => {
  const { ask, call, simulator } = checked();
  ask('GET', '/v2/account');
  const { ssh_key } = ask('POST', '/v2/account/keys', { name: 'mine', public_key: key }).body;
  ask('GET', '/v2/account/keys');
  ask('GET', `/v2/account/keys/${ssh_key.id}`);
  ask('DELETE', `/v2/account/keys/${ssh_key.id}`);
  for (const path of [
    '/v2/sizes',
    '/v2/regions',
    '/v2/images',
    '/v2/images?per_page=200&page=1',
    '/v2/sizes?per_page=200',
  ])
    ask('GET', path);
  ask('GET', '/v2/images?type=distribution');
  ask('GET', `/v2/images/${ask('GET', '/v2/images').body.images[0].id}`);
  ask('GET', '/v2/images/docker-20-04');
  const { image } = call('POST', '/_simulator/images', { name: 'golden' }).body;
  ask('GET', `/v2/images/${image.id}`);
  ask('DELETE', `/v2/images/${image.id}`);
  simulator.change({ accountStatus: 'warning', accountMessage: 'your card expires', clockOffsetMs: 60_000 });
  ask('GET', '/v2/account');
  const { id } = ask('POST', '/v2/droplets', { ...DROPLET, name: 'one' }).body.droplet;
  simulator.edit(id, { status: 'archive' });
  ask('GET', `/v2/droplets/${id}`);
  ask('POST', '/v2/tags', { name: 'Red' });
  const resources = [{ resource_id: String(id), resource_type: 'droplet' }];
  ask('POST', '/v2/tags/red/resources', { resources });
  ask('GET', '/v2/tags');
  ask('GET', '/v2/tags/red');
  ask('DELETE', '/v2/tags/red/resources', { resources });
  ask('DELETE', '/v2/tags/red');
});

test('every refusal is as the OpenAPI description has it', { skip }, () => {
  const { ask, check, clock, simulator } = checked();
  const { id } = ask('POST', '/v2/droplets', { ...DROPLET, name: 'one' }).body.droplet;
  ask('POST', `/v2/droplets/${id}/actions`, { type: 'reboot' });
  ask('POST', '/v2/droplets', { ...DROPLET, name: '-' });
  ask('POST', '/v2/droplets', '{"name":');
  ask('POST', '/v2/tags', { name: 'no spaces' });
  for (const path of ['/v2/droplets/1', '/v2/actions/1', '/v2/tags/none', '/v2/images/1']) ask('GET', path);
  ask('DELETE', '/v2/droplets/1');
  ask('DELETE', '/v2/droplets');
  ask('GET', '/v2/account', undefined, 'reader');
  ask('GET', '/v2/account', undefined, 'stranger');
  simulator.faults.order({ effect: 'status', status: 500, times: 1 });
  ask('GET', '/v2/account');
  clock.move(60_000);
  simulator.change({ minuteLimit: 1 });
  ask('GET', '/v2/account');
  ask('GET', '/v2/account');
  const statuses = [...check.seen].map((label) => label.slice(-3));
  assert.deepEqual([...new Set(statuses)].toSorted(), [
    '200',
    '202',
    '400',
    '401',
    '403',
    '404',
    '422',
    '429',
    '500',
  ]);
});
