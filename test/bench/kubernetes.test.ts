import assert from 'node:assert/strict';
import { it } from 'node:test';
import { kubernetes } from '../../scripts/bench/kubernetes.ts';
import { serversOrSkip } from '../../scripts/test-servers/servers-or-skip.ts';
import { openLab } from '../lab/lab.ts';

const { skip } = await serversOrSkip();
const sizes = { bots: 20, runs: 1, paced: 5, largeFleet: 60, settleSeconds: 0, restSeconds: 2, starts: 1 };

it('the bench on a kube-apiserver makes every bot Ready and measures it', { skip }, async () => {
  await using lab = openLab(() => undefined);
  const figures = await kubernetes(lab, sizes);
  const values = new Map(figures.map(({ name, value }) => [name, value]));
  assert.equal(values.size, figures.length);
  for (const { name, value } of figures) assert.equal(Number.isFinite(value), true, name);
  const calls = values.get('kubernetes.cloudCallsPerBot') ?? 0;
  assert.equal(calls >= 1 && calls < 3, true, `${calls} calls a bot: a create, and perhaps a look`);
  const writes = values.get('kubernetes.apiWritesPerBot') ?? 0;
  assert.equal(writes >= 2 && writes < 4, true, `${writes} writes a bot: attempt, answer, outcome`);
  // What was planted is what a controller would have left: it finds nothing to do.
  assert.equal(values.get('kubernetes.startMutations'), 0);
  assert.equal(values.get('kubernetes.startWrites'), 0);
});
