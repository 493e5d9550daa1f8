import assert from 'node:assert/strict';
import { test } from 'node:test';
import { botRoutes } from '../../../src/adapters/http/bots/bot-routes.ts';
import { prometheusMetrics } from '../../../src/adapters/prometheus/prometheus-metrics.ts';
import type { CloudOverview, FleetOverview } from '../../../src/model/fleet-overview.ts';
import { silentLog } from '../../../src/ports/log.ts';
import { parseExposition, type Sample } from './exposition.ts';

const queueGauges = {
  depth: 3,
  activeWorkers: 2,
  maxWorkers: 64,
  unfinishedWorkSeconds: 1.5,
  longestRunningSeconds: 1,
};

const cloud: CloudOverview = {
  apiURL: 'https://api.digitalocean.com',
  accountUUID: 'acc-1',
  trouble: undefined,
  incident: undefined,
  restricted: undefined,
  accountStatus: 'warning',
  droplets: 9,
  orphans: [{ id: 7, name: 'openclaw-bot-x', priceMonthlyUSD: 12, seenSince: '2026-01-01T00:00:00.000Z' }],
  dropletLimit: 25,
  budget: {
    hourlyLimit: 5_000,
    hourlyRemaining: 4_000,
    minuteLimit: 250,
    minuteRemaining: 200,
    blockedUntil: 0,
    queued: 1,
  },
  viewAgeMs: 2_500,
};

function fleet(change: Partial<FleetOverview> = {}): FleetOverview {
  return {
    fleetID: 'k3v9x1qa',
    bots: 10,
    byPhase: { Pending: 1, Provisioning: 0, Online: 8, Paused: 1, Error: 0, Deleting: 0 },
    ready: 9,
    stalled: 1,
    stalledBots: [{ namespace: 'desk', name: 'a', reason: 'CreateRefused' }],
    notReadyBy: { CreateRefused: 1 },
    openAttempts: 1,
    listenedFor: 8,
    silentTogether: 5,
    creating: 2,
    costMonthlyUSD: 108,
    holds: [
      { kind: 'delete', since: '2026-01-01T00:00:00.000Z', keys: ['default/a', 'default/b'], before: 3 },
    ],
    oldState: undefined,
    clouds: [cloud],
    notReady: [],
    warnings: [],
    invalid: { Bot: 1, Account: 2 },
    ...change,
  };
}

async function samplesOf(metrics: ReturnType<typeof prometheusMetrics>): Promise<Sample[]> {
  return parseExposition(await metrics.render());
}

function sampleValue(
  samples: readonly Sample[],
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  return samples.find(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  )?.value;
}

test('every metric of controller-runtime is there at 0 before anything happened', async () => {
  const samples = await samplesOf(prometheusMetrics());
  for (const result of ['success', 'error', 'requeue', 'requeue_after']) {
    assert.equal(
      sampleValue(samples, 'controller_runtime_reconcile_total', { controller: 'bot', result }),
      0,
    );
  }
  for (const name of [
    'controller_runtime_reconcile_errors_total',
    'controller_runtime_terminal_reconcile_errors_total',
    'controller_runtime_reconcile_time_seconds_count',
    'controller_runtime_max_concurrent_reconciles',
    'controller_runtime_active_workers',
  ]) {
    assert.equal(sampleValue(samples, name, { controller: 'bot' }), 0, name);
  }
  for (const name of [
    'workqueue_depth',
    'workqueue_adds_total',
    'workqueue_queue_duration_seconds_count',
    'workqueue_work_duration_seconds_count',
    'workqueue_unfinished_work_seconds',
    'workqueue_longest_running_processor_seconds',
    'workqueue_retries_total',
  ]) {
    assert.equal(sampleValue(samples, name, { name: 'bot', controller: 'bot' }), 0, name);
  }
});

test('passes are counted by result, and an error in both places', async () => {
  const metrics = prometheusMetrics();
  metrics.reconciled('success', 0.004);
  metrics.reconciled('error', 2);
  metrics.terminalError();
  const samples = await samplesOf(metrics);
  assert.equal(sampleValue(samples, 'controller_runtime_reconcile_total', { result: 'success' }), 1);
  assert.equal(sampleValue(samples, 'controller_runtime_reconcile_total', { result: 'error' }), 1);
  assert.equal(sampleValue(samples, 'controller_runtime_reconcile_errors_total'), 1);
  assert.equal(sampleValue(samples, 'controller_runtime_terminal_reconcile_errors_total'), 1);
  assert.equal(sampleValue(samples, 'controller_runtime_reconcile_time_seconds_bucket', { le: '0.005' }), 1);
  assert.equal(sampleValue(samples, 'workqueue_work_duration_seconds_count'), 2);
});

test('the fleet is read once a scrape, and shown by phase, cloud and window', async () => {
  const metrics = prometheusMetrics();
  let reads = 0;
  metrics.watch(
    () => queueGauges,
    () => {
      reads += 1;
      return fleet();
    },
  );
  const samples = await samplesOf(metrics);
  assert.equal(reads, 1);
  const label = { cloud: 'api.digitalocean.com/acc-1' };
  assert.equal(sampleValue(samples, 'clawfleet_bots', { phase: 'Online' }), 8);
  assert.equal(sampleValue(samples, 'clawfleet_bots', { phase: 'Deleting' }), 0);
  assert.equal(sampleValue(samples, 'clawfleet_bots_ready'), 9);
  assert.equal(sampleValue(samples, 'clawfleet_bots_stalled'), 1);
  assert.equal(sampleValue(samples, 'clawfleet_invalid_resources', { kind: 'Bot' }), 1);
  assert.equal(sampleValue(samples, 'clawfleet_invalid_resources', { kind: 'Account' }), 2);
  assert.equal(sampleValue(samples, 'clawfleet_budget_remaining', { ...label, window: 'minute' }), 200);
  assert.equal(sampleValue(samples, 'clawfleet_budget_limit', { ...label, window: 'hour' }), 5_000);
  assert.equal(sampleValue(samples, 'clawfleet_holds', { kind: 'delete' }), 2);
  assert.equal(sampleValue(samples, 'clawfleet_holds', { kind: 'recreate' }), 0);
  assert.equal(sampleValue(samples, 'clawfleet_orphans', label), 1);
  const standing = (status: string) =>
    sampleValue(samples, 'clawfleet_cloud_account_status', { ...label, status });
  assert.deepEqual(['active', 'warning', 'locked'].map(standing), [0, 1, 0]);
  assert.equal(sampleValue(samples, 'clawfleet_cost_usd_per_month'), 108);
  assert.equal(sampleValue(samples, 'clawfleet_open_create_attempts'), 1);
  assert.equal(sampleValue(samples, 'clawfleet_bots_listened_for'), 8);
  assert.equal(sampleValue(samples, 'clawfleet_bots_silent_together'), 5);
  assert.equal(sampleValue(samples, 'clawfleet_fleet_view_age_seconds', label), 2.5);
  assert.equal(sampleValue(samples, 'workqueue_depth'), 3);
  assert.equal(sampleValue(samples, 'controller_runtime_max_concurrent_reconciles'), 64);
});

test('what is gone from the overview is gone from the next scrape', async () => {
  const metrics = prometheusMetrics();
  let clouds = [cloud];
  metrics.watch(
    () => queueGauges,
    () => fleet({ clouds, holds: [] }),
  );
  await samplesOf(metrics);
  clouds = [];
  const samples = await samplesOf(metrics);
  assert.equal(sampleValue(samples, 'clawfleet_orphans'), undefined);
  assert.equal(sampleValue(samples, 'clawfleet_holds', { kind: 'delete' }), 0);
});

test('a state that is old and a cloud that contradicts itself are shown, and 0 when all is well', async () => {
  const metrics = prometheusMetrics();
  let now = fleet({});
  metrics.watch(
    () => queueGauges,
    () => now,
  );
  const shown = async () => {
    const samples = await samplesOf(metrics);
    const names = ['clawfleet_state_old', 'clawfleet_cloud_incident'];
    const destroy = sampleValue(samples, 'clawfleet_holds', { kind: 'destroy' });
    return [...names.map((name) => sampleValue(samples, name)), destroy];
  };
  assert.deepEqual(await shown(), [0, 0, 0]);
  const since = '2026-03-01T12:00:00.000Z';
  now = fleet({
    oldState: { since, droplets: 3 },
    clouds: [{ ...cloud, incident: '2 of 3 droplets are missing from a listing' }, cloud],
    holds: [{ kind: 'destroy', since, keys: ['default/a'], before: 1 }],
  });
  assert.deepEqual(await shown(), [3, 1, 1]);
});

test('two tokens of one account are added up instead of shown twice', async () => {
  const metrics = prometheusMetrics();
  metrics.watch(
    () => queueGauges,
    () => fleet({ clouds: [cloud, cloud] }),
  );
  assert.equal(
    sampleValue(await samplesOf(metrics), 'clawfleet_budget_remaining', { window: 'hour' }),
    8_000,
  );
});

test('drift, doubts and cloud calls are counted under their labels', async () => {
  const metrics = prometheusMetrics();
  metrics.driftFound('PoweredOff');
  metrics.driftCorrected('PoweredOff');
  metrics.createDoubt('opened');
  metrics.call('GET /v2/droplets/{id}', 'ok', 0.02);
  metrics.call('GET /v2/droplets/{id}', 'absent/4xx', 0.03);
  const samples = await samplesOf(metrics);
  assert.equal(sampleValue(samples, 'clawfleet_drift_found_total', { kind: 'PoweredOff' }), 1);
  assert.equal(sampleValue(samples, 'clawfleet_drift_corrected_total', { kind: 'PoweredOff' }), 1);
  assert.equal(sampleValue(samples, 'clawfleet_create_doubts_total', { stage: 'opened' }), 1);
  assert.equal(sampleValue(samples, 'clawfleet_create_doubts_total', { stage: 'settled' }), 0);
  assert.equal(sampleValue(samples, 'clawfleet_cloud_calls_total', { outcome: 'absent/4xx' }), 1);
  assert.equal(
    sampleValue(samples, 'clawfleet_cloud_call_seconds_count', { route: 'GET /v2/droplets/{id}' }),
    2,
  );
});

test('metrics of the process are in, and two registries do not mix', async () => {
  const [one, other] = [prometheusMetrics(), prometheusMetrics()];
  one.queueAdded();
  one.queueRetried();
  one.queueWaited(0.001);
  assert.equal(sampleValue(await samplesOf(one), 'workqueue_adds_total'), 1);
  const samples = await samplesOf(other);
  assert.equal(sampleValue(samples, 'workqueue_adds_total'), 0);
  assert.ok((sampleValue(samples, 'process_resident_memory_bytes') ?? 0) > 1_000_000);
});

test('readiness is what /readyz says, of a process that stands by too', async () => {
  const metrics = prometheusMetrics();
  const ready = async () => sampleValue(await samplesOf(metrics), 'clawfleet_ready');
  assert.equal(await ready(), 0, 'it is starting');
  let reasons: string[] = [];
  metrics.watchReady(() => reasons);
  assert.equal(await ready(), 1, 'there is no fleet to look at, and all is well');
  reasons = ['the lease cannot be read'];
  assert.equal(await ready(), 0);
});

test('what has a known set of labels is there at 0', async () => {
  const samples = await samplesOf(prometheusMetrics());
  for (const kind of ['Gone', 'PoweredOff', 'Renamed', 'Retagged', 'Backups', 'IPv6']) {
    assert.equal(sampleValue(samples, 'clawfleet_drift_found_total', { kind }), 0, kind);
    assert.equal(sampleValue(samples, 'clawfleet_drift_corrected_total', { kind }), 0, kind);
  }
  for (const call of [...botRoutes.map(({ name }) => name), 'waitForConfig', 'health', 'openAPI', 'other'])
    for (const code of ['2xx', '3xx', '4xx', '5xx'])
      assert.equal(sampleValue(samples, 'clawfleet_bot_api_requests_total', { call, code }), 0, call);
});

test('bots that are not Ready are counted by the reason', async () => {
  const metrics = prometheusMetrics();
  let notReadyBy: Record<string, number> = { MassDeletionHeld: 4, QuotaExceeded: 2 };
  metrics.watch(
    () => queueGauges,
    () => fleet({ notReadyBy }),
  );
  const of = async (reason: string) =>
    sampleValue(await samplesOf(metrics), 'clawfleet_bots_not_ready', { reason });
  assert.deepEqual([await of('MassDeletionHeld'), await of('QuotaExceeded')], [4, 2]);
  notReadyBy = { QuotaExceeded: 1 };
  assert.deepEqual([await of('MassDeletionHeld'), await of('QuotaExceeded')], [undefined, 1]);
});

test('stalled bots are named on request only, a thousand at most, and it is said once when there are more', async () => {
  const told: object[] = [];
  const log = { ...silentLog, warn: (fields: object) => told.push(fields) };
  const metrics = prometheusMetrics({ perBot: log });
  const stalled = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      namespace: 'desk',
      name: `b${index}`,
      reason: 'BootStuck',
    }));
  let stalledBots = stalled(1);
  metrics.watch(
    () => queueGauges,
    () => fleet({ stalledBots }),
  );
  const plain = prometheusMetrics();
  assert.equal(sampleValue(await samplesOf(plain), 'clawfleet_bot_stalled_omitted'), undefined);
  const labels = { namespace: 'desk', name: 'b0', reason: 'BootStuck' };
  assert.equal(sampleValue(await samplesOf(metrics), 'clawfleet_bot_stalled', labels), 1);
  stalledBots = stalled(1_002);
  for (let scrapes = 0; scrapes < 2; scrapes += 1) {
    const samples = await samplesOf(metrics);
    assert.equal(samples.filter(({ name }) => name === 'clawfleet_bot_stalled').length, 1_000);
    assert.equal(sampleValue(samples, 'clawfleet_bot_stalled_omitted'), 2);
  }
  assert.deepEqual(told, [{ omitted: 2, shown: 1_000 }]);
});
