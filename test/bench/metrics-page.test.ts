import assert from 'node:assert/strict';
import { it } from 'node:test';
import { MetricsPage } from '../lab/metrics-page.ts';

const page = new MetricsPage(`# HELP reconcile_total Passes.
# TYPE reconcile_total counter
reconcile_total{controller="bot",result="success"} 12
reconcile_total{controller="bot",result="error"} 3
reconcile_total_created 1.7e9
bots_ready 10000
age_seconds{cloud="x y"} 0.25
`);

it('a sum takes in every sample of exactly that name', () => {
  assert.equal(page.sum('reconcile_total'), 15);
  assert.equal(page.sum('bots_ready'), 10_000);
  assert.equal(page.sum('age_seconds'), 0.25);
});

it('a sum by label takes in only the samples that have it', () => {
  assert.equal(page.sum('reconcile_total', 'result="success"'), 12);
  assert.equal(page.sum('reconcile_total', 'result="requeue"'), 0);
});
