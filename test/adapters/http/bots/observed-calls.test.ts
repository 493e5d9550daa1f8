import assert from 'node:assert/strict';
import { it } from 'node:test';
import { prometheusMetrics } from '../../../../src/adapters/prometheus/prometheus-metrics.ts';
import { until } from '../../../lab/until.ts';
import { parseExposition } from '../../prometheus/exposition.ts';
import { botID, post, served } from './support/served.ts';

it('every answer is counted by call and class, and nothing that a caller chooses becomes a label', async (t) => {
  const metrics = prometheusMetrics();
  const { call, asAgent } = await served(t, { observer: metrics });
  const base = `/v1/bot/${botID}`;
  const tag = (await asAgent(`${base}/config`)).headers.get('etag') ?? '';
  await asAgent(`${base}/config?wait=1ms`, { headers: { 'if-none-match': tag } });
  await asAgent(`${base}/heartbeat`, post({}));
  await asAgent(`/bot/${botID}/heartbeat`, post({}));
  await asAgent(`${base}/config_ack`, post({ config_id: '9-none' }));
  await call('/v1/bot/register', post({ bot_id: 'x' }, { authorization: 'Bearer y' }));
  await call(`${base}/config`);
  await call('/v1/health');
  await call('/v1/openapi.json');
  for (const page of ['/a', '/b', `${base}/c`]) await call(page);
  const counted = async () => {
    const samples = parseExposition(await metrics.render());
    // Every counter whose labels are known begins at 0.
    const ours = samples.filter(
      ({ name, value }) => name === 'clawfleet_bot_api_requests_total' && value > 0,
    );
    return Object.fromEntries(
      ours.map(({ labels, value }) => [`${labels['call']} ${labels['code']}`, value]),
    );
  };
  // The last answer is counted only after it was sent.
  await until('all to be counted', 5_000, 5, async () => (await counted())['other 4xx'] === 3);
  assert.deepEqual(await counted(), {
    'getConfig 2xx': 1,
    'waitForConfig 3xx': 1,
    'heartbeat 2xx': 2,
    'acknowledgeConfig 4xx': 1,
    'register 4xx': 1,
    'getConfig 4xx': 1,
    'health 2xx': 1,
    'openAPI 2xx': 1,
    'other 4xx': 3,
  });
  const samples = parseExposition(await metrics.render());
  const beats = samples.find(
    ({ name, labels }) =>
      name === 'clawfleet_bot_api_request_seconds_count' && labels['call'] === 'heartbeat',
  );
  assert.equal(beats?.value, 2);
});
