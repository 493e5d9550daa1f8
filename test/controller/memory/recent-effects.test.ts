import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../../src/adapters/system/virtual-clock.ts';
import { RecentEffects } from '../../../src/controller/memory/recent-effects.ts';
import { passTime } from '../../lab/pass-time.ts';

function bed() {
  const clock = new VirtualClock(0);
  const pass = (ms: number) => passTime(clock, ms);
  return { memory: new RecentEffects(clock, 0), pass };
}

describe('EffectMemory', () => {
  it('counts how often an effect was carried out in a row, and knows the action that it began last', () => {
    const { memory } = bed();
    memory.note('heron', 'power_on 1', 7);
    memory.note('heron', 'power_on 1', 8);
    assert.deepEqual(memory.of('heron'), [{ signature: 'power_on 1', sinceMs: 0, times: 2, actionID: 8 }]);
    memory.note('heron', 'shutdown 1');
    memory.note('heron', 'power_on 1');
    assert.deepEqual(
      memory.of('heron').map(({ times, actionID }) => [times, actionID]),
      [
        [1, undefined],
        [1, undefined],
      ],
    );
  });

  it('tells how long ago each effect of each bot was', () => {
    const { memory, pass } = bed();
    memory.note('a', 'create');
    pass(1_000);
    memory.note('a', 'reboot');
    memory.note('b', 'create');
    pass(1_000);
    memory.note('b', 'create');
    assert.deepEqual(
      [memory.since('a', 'create'), memory.since('a', 'reboot'), memory.since('b', 'create')],
      [2_000, 1_000, 0],
    );
    assert.equal(memory.since('c', 'create'), undefined);
  });

  it('takes back what was not so, and nothing else', () => {
    const { memory } = bed();
    memory.note('a', 'create');
    memory.note('a', 'reboot');
    memory.undo('a', 'create');
    memory.undo('b', 'create');
    assert.deepEqual([memory.since('a', 'create'), memory.since('a', 'reboot')], [undefined, 0]);
    memory.forget('a');
    assert.equal(memory.since('a', 'reboot'), undefined);
  });

  it('keeps nothing for longer than ten minutes', () => {
    const { memory, pass } = bed();
    for (const uid of ['a', 'b', 'c']) memory.note(uid, 'create');
    pass(300_000);
    memory.note('a', 'reboot');
    pass(300_000);
    assert.equal(memory.since('a', 'create'), undefined);
    assert.equal(memory.since('a', 'reboot'), 300_000);
    memory.note('d', 'create');
    assert.equal(memory.size, 2);
  });
});
