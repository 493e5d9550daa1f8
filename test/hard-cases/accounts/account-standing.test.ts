import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { conditionOf } from '../../../src/model/spec/condition.ts';
import { FleetBed } from '../fleet-bed.ts';

const minute = 60_000;

describe('the standing of the cloud account', () => {
  const restricted = (bed: FleetBed, name: string) => {
    const { status } = bed.record(name);
    const condition = conditionOf(status, 'AccountRestricted');
    return condition && `${condition.status} ${condition.reason}`;
  };

  it('a warning is a condition of its bots, and nothing waits for it', async (test) => {
    const bed = new FleetBed(test);
    bed.simulator.change({ accountStatus: 'warning', accountMessage: 'a bill is open' });
    bed.bot('one');
    await bed.started(5 * minute);
    assert.equal(bed.ready('one'), 'True Running');
    assert.equal(restricted(bed, 'one'), 'True AccountWarning');
    assert.match(bed.controller.overview().warnings.join(), /says: a bill is open/);
    assert.deepEqual(bed.controller.overview().notReady, []);
  });

  it('a lock keeps what is missing from being created, without a try, and leaves what lives alone', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('one');
    await bed.started(5 * minute);
    bed.simulator.change({ accountStatus: 'locked', accountMessage: 'write to the support' });
    await bed.pass(70 * minute);
    bed.bot('two');
    bed.bot('one', { redeployRequest: 'now' });
    await bed.changed(5 * minute);
    assert.equal(bed.ready('two'), 'False AccountLocked');
    assert.equal(restricted(bed, 'one'), 'True AccountLocked');
    assert.deepEqual([bed.creates, bed.destroys], [1, 0], 'nothing is destroyed for a create that must fail');
    assert.match(bed.controller.overview().clouds[0]?.restricted ?? '', /says: write to the support/);
    bed.simulator.change({ accountStatus: 'active', accountMessage: '' });
    await bed.pass(10 * minute);
    assert.equal(bed.ready('two'), 'True Running');
    assert.equal(restricted(bed, 'one'), undefined);
    assert.equal(bed.destroys, 1, 'the redeploy goes on');
  });

  it('is asked for soon after something was forbidden', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('one');
    await bed.started(5 * minute);
    bed.simulator.change({ accountStatus: 'locked' });
    bed.bot('two');
    await bed.changed(3 * minute);
    assert.equal(bed.ready('two'), 'False AccountLocked');
  });
});
