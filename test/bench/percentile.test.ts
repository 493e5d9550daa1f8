import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { median, percentile } from '../../scripts/bench/percentile.ts';

describe('percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it('is the value of nearest rank, whatever the order', () => {
    assert.equal(percentile(hundred, 50), 50);
    assert.equal(percentile(hundred, 99), 99);
    assert.equal(percentile(hundred, 100), 100);
    assert.equal(percentile(hundred, 0), 1);
  });

  it('never lies between two values that were measured', () => {
    assert.equal(percentile([1, 1_000], 50), 1);
    assert.equal(percentile([1, 1_000], 51), 1_000);
    assert.equal(percentile([7], 99), 7);
  });

  it('has no value for nothing', () => {
    assert.throws(() => percentile([], 50), RangeError);
  });
});

describe('the median', () => {
  it('is the middle one, or the mean of the two in the middle', () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([9, 1, 5, 7]), 6);
    assert.throws(() => median([]), RangeError);
  });

  it('leaves the values as they were', () => {
    const values = [3, 1, 2];
    median(values);
    assert.deepEqual(values, [3, 1, 2]);
  });
});
