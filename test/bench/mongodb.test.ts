import assert from 'node:assert/strict';
import { it } from 'node:test';
import { mongodb } from '../../scripts/bench/mongodb.ts';
import { mongoKindsOrSkip } from '../../scripts/test-servers/mongo-kinds-or-skip.ts';
import { openLab } from '../lab/lab.ts';

const { skip } = await mongoKindsOrSkip();
const sizes = { bots: 20, edits: 4, largeFleet: 40, starts: 1, settleSeconds: 0 };

it('the bench on a MongoDB makes every bot DropletReady and measures the same of files', {
  skip,
}, async () => {
  await using lab = openLab(() => undefined);
  const figures = await mongodb(lab, sizes);
  for (const { name, value } of figures) assert.ok(Number.isFinite(value) && value > 0, name);
  const names = figures.map(({ name }) => name);
  assert.deepEqual(names.slice(0, 2), ['mongodb.createSeconds', 'directory.createSeconds']);
  assert.equal(new Set(names).size, 10);
});
