import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { faultOf } from '../../../src/ports/port-error.ts';
import { type Answer, cloudAt, fakeApi, refusal, type Seen } from './fake-api.ts';

const urgent = { class: 'urgent' } as const;

async function probe(t: TestContext, answer: (seen: Seen) => Answer) {
  const api = await fakeApi(t, answer);
  const { cloud } = cloudAt(t, api.url, { readRetries: 0 });
  return { api, report: cloud.probeScopes(urgent) };
}

test('a token with every read scope lacks nothing, and is probed by GETs alone', async (t) => {
  const { api, report } = await probe(t, () => ({ status: 200, body: {} }));
  assert.deepEqual(await report, { accepted: true, missing: [] });
  assert.equal(api.seen.length, 7);
  assert.ok(api.seen.every(({ method }) => method === 'GET'));
});

test('the scopes that are missing are named', async (t) => {
  const { report } = await probe(t, ({ url }) =>
    /^\/v2\/(tags|sizes)/.test(url) ? refusal(403, 'Forbidden', 'no') : { status: 200, body: {} },
  );
  assert.deepEqual(await report, { accepted: true, missing: ['tag:read', 'sizes:read'] });
});

test('a token that the API does not know is not accepted', async (t) => {
  const { report } = await probe(t, () => refusal(401, 'Unauthorized', 'Unable to authenticate you.'));
  assert.deepEqual(await report, { accepted: false, missing: [] });
});

test('an API that does not answer says nothing about the token', async (t) => {
  const { report } = await probe(t, () => ({ status: 503 }));
  const error = await report.catch((reason: unknown) => reason);
  assert.deepEqual(faultOf(error), { kind: 'unavailable' });
});
