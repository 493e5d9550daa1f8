import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FleetBed } from '../fleet-bed.ts';

const minute = 60_000;
const hour = 60 * minute;
const post = { method: 'POST', path: '/v2/droplets' };

/** Everything that a bot goes through; each step must have ended in its time, whatever any clock says. */
async function liveThroughIt(bed: FleetBed, step: () => void): Promise<void> {
  await bed.started(3 * minute);
  assert.equal(bed.ready('heron'), 'True Running', 'created');
  bed.simulator.faults.order({ effect: 'cutAfter', match: post, nth: 1 });
  bed.bot('heron', { redeployRequest: 'one' });
  step();
  await bed.changed(5 * minute);
  assert.equal(bed.ready('heron'), 'True Running', 'redeployed');
  bed.bot('heron', { redeployRequest: 'one', rebootRequest: 'one' });
  step();
  await bed.changed(3 * minute);
  assert.equal(bed.record('heron').status.handledRequests?.reboot, 'one', 'rebooted');
  assert.equal(bed.record('heron').status.operation, undefined);
  bed.bot('heron', { redeployRequest: 'one', rebootRequest: 'one', powerState: 'Stopped' });
  step();
  await bed.changed(5 * minute);
  assert.equal(bed.ready('heron'), 'True Stopped', 'stopped');
  bed.bot('heron', { redeployRequest: 'one', rebootRequest: 'one', droplet: { size: 's-2vcpu-4gb' } });
  step();
  await bed.changed(10 * minute);
  assert.equal(bed.simulator.droplets()[0]?.size, 's-2vcpu-4gb', 'resized');
  assert.equal(bed.ready('heron'), 'True Running', 'started');
  bed.simulator.destroy(bed.dropletID('heron'));
  step();
  await bed.pass(3 * minute);
  assert.equal(bed.ready('heron'), 'True Running', 'made good');
  await bed.restarted(minute);
  assert.equal(bed.ready('heron'), 'True Running', 'after a restart');
  bed.undeclare('heron.yaml');
  step();
  await bed.changed(5 * minute);
  assert.equal(bed.find('heron'), undefined);
  assert.deepEqual(bed.dropletIDs, []);
  assert.equal(bed.births, 3);
  assert.deepEqual(bed.simulator.lives.overlaps(), []);
}

describe('a wall clock', () => {
  for (const [what, aheadMs] of [
    ['an hour ahead', hour],
    ['an hour behind', -hour],
    ['two days ahead', 48 * hour],
  ] as const) {
    it(`${what} changes nothing`, async (test) => {
      const bed = new FleetBed(test);
      bed.wallAheadMs = aheadMs;
      bed.bystander();
      bed.bot('heron');
      await liveThroughIt(bed, () => {});
    });

    it(`that steps ${what} and back at each change changes nothing`, async (test) => {
      const bed = new FleetBed(test);
      bed.bystander();
      bed.bot('heron');
      await liveThroughIt(bed, () => {
        bed.wallAheadMs = bed.wallAheadMs === 0 ? aheadMs : 0;
      });
    });
  }
});

describe('the cloud’s clock', () => {
  for (const clockOffsetMs of [hour, -hour]) {
    it(`${clockOffsetMs > 0 ? 'an hour ahead' : 'an hour behind'} changes nothing`, async (test) => {
      const bed = new FleetBed(test, { cloud: { clockOffsetMs } });
      bed.bystander();
      bed.bot('heron');
      await liveThroughIt(bed, () => {});
    });
  }
});
