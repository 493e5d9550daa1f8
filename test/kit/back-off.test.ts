import assert from 'node:assert/strict';
import test from 'node:test';
import { backOffMs } from '../../src/kit/back-off.ts';

test('a back-off doubles with each failure and stops at its longest', () => {
  const waits = [0, 1, 2, 3, 4, 50].map((failures) => backOffMs(failures, 250, 1_500));
  assert.deepEqual(waits, [250, 250, 500, 1_000, 1_500, 1_500]);
});
