import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanedReport } from '../../src/bot-api/report-handler.ts';
import { botID, post, registrationToken, served } from '../adapters/http/bots/support/served.ts';

test('names of steps are kept plain, bounded and once', () => {
  const clean = (...failedSteps: string[]) => cleanedReport({ running: false, failedSteps })?.failedSteps;
  assert.deepEqual(clean('global npm packages', 'c++ 1.2_3-4'), ['global npm packages', 'c++ 1.2_3-4']);
  assert.deepEqual(clean('<b>\u001b[31m\n火 ', ' ', '', 'node', 'node'), ['_b___31m__', 'node']);
  assert.deepEqual(clean('x'.repeat(200)), ['x'.repeat(64)]);
  assert.equal(clean(...Array.from({ length: 64 }, (_, step) => `step ${step}`))?.length, 32);
  assert.equal(cleanedReport(undefined), undefined);
});

test('a beat and a registration carry the report; one of another form is refused with its place', async (t) => {
  const { api, asAgent, call } = await served(t);
  const beat = (body: object) => asAgent(`/v1/bot/${botID}/heartbeat`, post(body));
  const bootstrap = { running: true, failed_steps: ['node'], later: 'ignored' };
  assert.equal((await beat({ bootstrap })).status, 200);
  assert.deepEqual(api.reported, [{ running: true, failedSteps: ['node'] }]);
  for (const body of [{}, { anything: 1 }]) assert.equal((await beat(body)).status, 200);
  assert.deepEqual(api.reported.slice(1), [undefined, undefined]);
  const headers = { authorization: `Bearer ${registrationToken}` };
  await call('/v1/bot/register', post({ bot_id: botID, agent_token: 'x'.repeat(40), bootstrap }, headers));
  assert.deepEqual(api.reported.at(-1), { running: true, failedSteps: ['node'] });
  const bad = {
    'body/bootstrap must be object': 'failed',
    "body/bootstrap must have required property 'failed_steps'": { running: true },
    'body/bootstrap/running must be boolean': { running: 'yes', failed_steps: [] },
    'body/bootstrap/failed_steps/0 must be string': { running: true, failed_steps: [7] },
    'body/bootstrap/failed_steps must NOT have more than 64 items': {
      running: true,
      failed_steps: Array(65).fill('x'),
    },
  };
  for (const [detail, told] of Object.entries(bad)) {
    const answer = await beat({ bootstrap: told });
    assert.equal(answer.status, 400);
    assert.equal(((await answer.json()) as { detail: string }).detail, `${detail}.`);
  }
});
