import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../src/adapters/system/virtual-clock.ts';
import { StoreHealth } from '../../src/kit/store-health.ts';

const broken = new Error('disk full');

function bed() {
  const clock = new VirtualClock(0);
  const bed = { clock, probes: 0, changes: 0, works: false };
  const health = new StoreHealth({
    timer: clock,
    probeMs: 500,
    probe: async () => {
      bed.probes += 1;
      if (!bed.works) throw broken;
    },
    onChange: () => {
      bed.changes += 1;
    },
  });
  /** Lets the next probe run, if one is planned. */
  const passed = async () => {
    clock.runNext();
    await new Promise(setImmediate);
  };
  return { bed, health, passed };
}

describe('the health of a store', () => {
  it('is probed after a failed write until a write succeeds', async () => {
    const { bed: state, health, passed } = bed();
    health.outcome(broken);
    assert.equal(health.failure, 'disk full');
    await passed();
    await passed();
    state.works = true;
    await passed();
    await passed();
    assert.deepEqual([health.failure, state.probes, state.changes], [undefined, 3, 2]);
  });

  it('recovers by any write, and is not probed once it is stopped', async () => {
    const { bed: state, health, passed } = bed();
    health.outcome(broken);
    health.outcome(undefined);
    assert.deepEqual([health.failure, state.changes], [undefined, 2]);
    health.stop();
    health.outcome(broken);
    await passed();
    assert.equal(state.probes, 0);
  });
});
