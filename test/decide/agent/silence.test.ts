import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  isMassSilence,
  isNobodyHeard,
  isSilent,
  leastRemediableMs,
  outageMs,
} from '../../../src/decide/agent/silence.ts';

describe('the rules of silence', () => {
  it('count a bot as silent after its whole timeout, and not before', () => {
    assert.deepEqual([isSilent(119_999, 120_000), isSilent(120_000, 120_000)], [false, true]);
  });

  it('know nothing of any bot once none has been heard for a whole timeout, or ever', () => {
    assert.deepEqual(
      [isNobodyHeard(119_999, 120_000), isNobodyHeard(120_000, 120_000), isNobodyHeard(undefined, 120_000)],
      [false, true, true],
    );
  });

  it('remedy no silence that an agent may keep around an outage: a beat before it, its start, a beat after it', () => {
    assert.deepEqual([outageMs, leastRemediableMs], [40_000, 100_000]);
  });

  it('see a mass in more than a tenth of the bots, and more than three', () => {
    for (const [silent, heardBefore, isMass] of [
      [3, 5, false],
      [4, 5, true],
      [10, 100, false],
      [11, 100, true],
    ] as const)
      assert.equal(isMassSilence(silent, heardBefore), isMass, `${silent} of ${heardBefore}`);
  });
});
