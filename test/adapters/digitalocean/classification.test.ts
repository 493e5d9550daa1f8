import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { type Fault, faultOf, PortError } from '../../../src/ports/port-error.ts';
import { type Answer, cloudAt, fakeApi, REQUEST, refusal, TOKEN, wireDroplet } from './fake-api.ts';

const HTML = { body: '<html><h1>502</h1></html>', headers: { 'content-type': 'text/html' } };

async function rig(t: TestContext, answer: Answer) {
  const api = await fakeApi(t, () => answer);
  return { api, ...cloudAt(t, api.url, { readRetries: 0 }) };
}

async function fault(call: Promise<unknown>): Promise<Fault> {
  const error = await call.then(
    () => assert.fail('expected a fault'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof PortError, String(error));
  return error.fault;
}

/** What a create, an action, a delete and a read make of one and the same answer. */
async function faultsOf(t: TestContext, answer: Answer) {
  const { cloud, api } = await rig(t, answer);
  const kind = async (call: Promise<unknown>) =>
    call.then(
      () => 'ok',
      (error: unknown) => faultOf(error)?.kind,
    );
  const create = await kind(cloud.createDroplet(REQUEST, { class: 'create' }));
  const action = await kind(cloud.act(1, { type: 'power_on' }, { class: 'transition' }));
  const remove = await kind(cloud.deleteDroplet(1, { class: 'urgent' }));
  const read = await kind(cloud.getDroplet(1, { class: 'background' }));
  assert.equal(api.seen.length, 4, 'each call is sent once');
  return { create, action, remove, read };
}

const all = (kind: string) => ({ create: kind, action: kind, remove: kind, read: kind });
const doubt = { create: 'doubtful', action: 'doubtful', remove: 'doubtful', read: 'unavailable' };

const cases: [what: string, answer: Answer, faults: object][] = [
  ['400 with the JSON error', refusal(400, 'bad_request', 'no'), all('refused')],
  [
    '401 with the JSON error',
    refusal(401, 'Unauthorized', 'Unable to authenticate you.'),
    all('unauthorised'),
  ],
  ['403 with the JSON error', refusal(403, 'forbidden', 'no'), all('unauthorised')],
  [
    '404 with the JSON error',
    refusal(404, 'not_found', 'gone'),
    { ...all('absent'), create: 'refused', remove: 'ok' },
  ],
  ['413 with the JSON error', refusal(413, 'too_large', 'too long'), all('refused')],
  ['422 with the JSON error', refusal(422, 'unprocessable_entity', 'no'), all('refused')],
  [
    '422 about a pending event',
    refusal(422, 'unprocessable_entity', 'Droplet already has a pending event.'),
    all('pendingEvent'),
  ],
  ['409, which DigitalOcean does not explain', refusal(409, 'conflict', 'no'), doubt],
  ['418, which nobody explains', refusal(418, 'teapot', 'no'), doubt],
  ['500 with the JSON error', refusal(500, 'server_error', 'Unexpected server-side error'), doubt],
  ['503 as HTML', { status: 503, ...HTML }, doubt],
  ['504 as HTML', { status: 504, ...HTML }, doubt],
  ['a redirect', { status: 302, headers: { location: '/elsewhere' } }, doubt],
  ...[400, 401, 403, 404, 413, 422].map((status): [string, Answer, object] => [
    `${status} as HTML, which is not DigitalOcean's own word`,
    { status, ...HTML },
    doubt,
  ]),
  ['404 with JSON of another shape', { status: 404, body: { error: 'no route' } }, doubt],
  ['422 with an empty body', { status: 422 }, doubt],
  ['200 with half a body', { status: 200, body: '{"droplet": {"id": 1' }, { ...doubt, remove: 'ok' }],
  [
    '200 with a droplet of another shape',
    { status: 200, body: { droplet: { id: 'x' } } },
    { ...doubt, remove: 'ok' },
  ],
];

for (const [what, answer, faults] of cases) {
  test(`${what}: a create, an action, a delete and a read are classified`, async (t) => {
    assert.deepEqual(await faultsOf(t, answer), faults);
  });
}

for (const [what, body] of [
  ['the JSON error', refusal(429, 'too_many_requests', 'API rate limit exceeded.')],
  ['HTML', { status: 429, ...HTML }],
  ['nothing', { status: 429 }],
] as const) {
  test(`429 with ${what} is a rate limit, for a create as for a read`, async (t) => {
    const created = (await rig(t, body)).cloud.createDroplet(REQUEST, { class: 'create' });
    assert.equal((await fault(created)).kind, 'rateLimited');
    const read = (await rig(t, body)).cloud.getDroplet(1, { class: 'background' });
    assert.equal((await fault(read)).kind, 'rateLimited');
  });
}

test('a refusal keeps the words and the status of the API', async (t) => {
  const { cloud } = await rig(t, refusal(422, 'unprocessable_entity', 'Droplet is already powered off.'));
  assert.deepEqual(await fault(cloud.act(1, { type: 'power_off' }, { class: 'transition' })), {
    kind: 'refused',
    reason: 'Droplet is already powered off.',
    httpStatus: 422,
  });
});

test('a 403 that names no scope is reported in its own words: the account may be locked', async (t) => {
  const forbidden = 'You are not authorized to perform this operation';
  const { cloud } = await rig(t, refusal(403, 'Forbidden', forbidden));
  for (const call of [
    cloud.createDroplet(REQUEST, { class: 'create' }),
    cloud.getAction(1, { class: 'urgent' }),
  ])
    assert.deepEqual(await fault(call), { kind: 'unauthorised', forbidden });
});

test('a 403 that names a scope is believed', async (t) => {
  const forbidden = 'You are missing the required permission tag:create.';
  const { cloud } = await rig(t, refusal(403, 'Forbidden', forbidden));
  const found = await fault(cloud.createDroplet(REQUEST, { class: 'create' }));
  assert.deepEqual(found, { kind: 'unauthorised', forbidden, missingScope: 'tag:create' });
});

test('a 422 about the droplet limit is a limit, in the words of the API', async (t) => {
  const reason = 'creating this/these droplet(s) will exceed your droplet limit';
  const { cloud } = await rig(t, refusal(422, 'unprocessable_entity', reason));
  assert.deepEqual(await fault(cloud.createDroplet(REQUEST, { class: 'create' })), {
    kind: 'limitReached',
    reason,
  });
});

test('a 401 names no scope: it is the token that is wrong', async (t) => {
  const { cloud } = await rig(t, refusal(401, 'Unauthorized', 'Unable to authenticate you.'));
  assert.deepEqual(await fault(cloud.account({ class: 'urgent' })), { kind: 'unauthorised' });
});

test('the token shows in no error, even if the API echoes it', async (t) => {
  for (const status of [400, 422, 500]) {
    const { cloud } = await rig(t, refusal(status, 'bad', `no such token: Bearer ${TOKEN}`));
    const error = await cloud.createDroplet(REQUEST, { class: 'create' }).catch((reason: unknown) => reason);
    assert.ok(error instanceof PortError);
    const shown = [error.stack, error.message, JSON.stringify(error.fault), String(error.cause)].join();
    assert.ok(!shown.includes(TOKEN), shown);
  }
});

test('a missing token, or one that no header can carry, is reported without a request', async (t) => {
  const api = await fakeApi(t, () => ({ status: 200 }));
  for (const token of [undefined, '  ', 'two\nlines']) {
    const { cloud } = cloudAt(t, api.url, { token });
    assert.deepEqual(await fault(cloud.account({ class: 'urgent' })), { kind: 'unauthorised' });
  }
  assert.equal(api.seen.length, 0);
});

test('the observer is notified of every outcome, by route template', async (t) => {
  const answers: Answer[] = [
    { status: 200, body: { droplet: wireDroplet(7) } },
    refusal(404, 'not_found', 'gone'),
    { status: 503, ...HTML },
    { status: 200, body: '{' },
  ];
  const api = await fakeApi(t, () => answers.shift() ?? { status: 500 });
  const { cloud, calls } = cloudAt(t, api.url, { readRetries: 0 });
  for (let index = 0; index < 4; index++) {
    await cloud.getDroplet(7, { class: 'urgent' }).catch(() => undefined);
  }
  await cloud.deleteDroplet(7, { class: 'urgent' }).catch(() => undefined);
  assert.deepEqual(calls, [
    ['GET /v2/droplets/{id}', 'ok'],
    ['GET /v2/droplets/{id}', 'absent/4xx'],
    ['GET /v2/droplets/{id}', 'unavailable/5xx'],
    ['GET /v2/droplets/{id}', 'unavailable/2xx'],
    ['DELETE /v2/droplets/{id}', 'doubtful/5xx'],
  ]);
});
