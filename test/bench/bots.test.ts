import assert from 'node:assert/strict';
import { it } from 'node:test';
import { bots } from '../../scripts/bench/bots.ts';
import { openLab } from '../lab/lab.ts';

const sizes = {
  ...{ bots: 12, beatMs: 400, retryMs: 200 },
  ...{ settleSeconds: 1, steadySeconds: 2, failoverSeconds: 1 },
};

it('the bench of bots registers agents, follows a change and a failover, and measures them', async () => {
  await using lab = openLab(() => undefined);
  const figures = await bots(lab, sizes);
  const values = new Map(figures.map(({ name, value }) => [name, value]));
  assert.equal(values.size, figures.length);
  for (const { name, value } of figures) assert.equal(Number.isFinite(value), true, name);
  assert.equal(values.get('bots.writesPerSecond'), 0);
  assert.equal(values.get('bots.failures'), 0);
  assert.equal(values.get('bots.change.unsettled'), 0);
  assert.equal(values.get('bots.failover.stale'), 0);
  const beats = values.get('bots.beatsPerSecond') ?? 0;
  assert.equal(
    beats > 1 && beats <= 40,
    true,
    `${beats} beats a second of 12 bots, each of which beats every 0.4 s`,
  );
});
