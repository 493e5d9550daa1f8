import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pagesOf, pollInterval, sweepInterval } from '../../../src/controller/cloud/poll-schedule.ts';

const budget = {
  hourlyLimit: 5_000,
  hourlyRemaining: 5_000,
  minuteLimit: 250,
  minuteRemaining: 250,
  blockedUntil: 0,
  queued: 0,
};

describe('the pace of polls', () => {
  it('counts a listing by its pages of 200, one at least', () => {
    assert.deepEqual([0, 1, 200, 201, 10_000].map(pagesOf), [1, 1, 1, 2, 50]);
  });

  it('is as wished while the budget allows it', () => {
    assert.equal(pollInterval(3_000, 1, budget), 3_000);
    assert.equal(sweepInterval(30_000, 1, budget), 30_000);
  });

  it('takes at most four tenths of the minute’s calls for polls', () => {
    assert.equal(pollInterval(3_000, 50, { ...budget, hourlyRemaining: 50_000 }), 30_000);
  });

  it('takes at most a fifth of the hour’s calls for sweeps', () => {
    assert.equal(sweepInterval(30_000, 50, budget), 180_000);
  });

  it('slows down as the hour’s calls run out, and survives having none', () => {
    assert.equal(pollInterval(3_000, 1, { ...budget, hourlyRemaining: 100 }), 36_000);
    assert.equal(pollInterval(3_000, 1, { ...budget, hourlyRemaining: 0 }), 3_600_000);
  });

  it('is as wished where there is no limit', () => {
    const unlimited = {
      ...budget,
      hourlyLimit: Number.POSITIVE_INFINITY,
      hourlyRemaining: Number.POSITIVE_INFINITY,
      minuteLimit: Number.POSITIVE_INFINITY,
    };
    assert.equal(pollInterval(3_000, 50, unlimited), 3_000);
    assert.equal(sweepInterval(30_000, 5, unlimited), 30_000);
    assert.equal(
      sweepInterval(30_000, 50, unlimited),
      100_000,
      'a page each two seconds spares the processor',
    );
  });
});
