import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { VirtualClock } from '../../../src/adapters/system/virtual-clock.ts';
import { Ticker } from '../../../src/controller/queue/ticker.ts';

function bed() {
  const clock = new VirtualClock(0);
  const runs: number[] = [];
  let finish: (() => void) | undefined;
  const ticker = new Ticker(clock, async () => {
    runs.push(clock.monotonic());
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
  });
  const finished = async () => {
    finish?.();
    await nextTurn();
  };
  return { clock, ticker, runs, finished };
}

describe('Ticker', () => {
  it('runs at the earliest time asked for, once', async () => {
    const { clock, ticker, runs, finished } = bed();
    ticker.at(500);
    ticker.at(100);
    ticker.at(900);
    while (clock.runNext()) await finished();
    assert.deepEqual(runs, [100]);
  });

  it('never runs twice at once, and keeps what is asked for meanwhile', async () => {
    const { clock, ticker, runs, finished } = bed();
    ticker.at(0);
    clock.runNext();
    ticker.at(50);
    ticker.at(20);
    assert.equal(clock.runNext(), false);
    await finished();
    clock.runNext();
    assert.deepEqual(runs, [0, 20]);
  });

  it('does nothing any more once stopped, even when it is asked from within its job', async () => {
    const { clock, ticker, runs, finished } = bed();
    ticker.at(0);
    clock.runNext();
    ticker.at(10);
    ticker.stop();
    await finished();
    ticker.at(0);
    assert.equal(clock.runNext(), false);
    assert.deepEqual(runs, [0]);
  });
});
