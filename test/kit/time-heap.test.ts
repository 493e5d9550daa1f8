import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { TimeHeap } from '../../src/kit/time-heap.ts';

test('keys leave a heap in order of time, and those of one time in the order they came', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9)), (times) => {
      const heap = new TimeHeap<number>();
      for (const [index, at] of times.entries()) heap.push(at, index);
      const left = times.map(() => heap.pop());
      const expected = times.map((at, key) => ({ at, key })).toSorted((a, b) => a.at - b.at || a.key - b.key);
      assert.deepEqual(
        left.map((entry) => ({ at: entry?.at, key: entry?.key })),
        expected,
      );
      assert.equal(heap.earliest, undefined);
    }),
  );
});
