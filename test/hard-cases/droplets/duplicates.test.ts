import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FleetBed } from '../fleet-bed.ts';

const minute = 60_000;

describe('duplicates', () => {
  it('are left alone while an operation on the bot is open', async (test) => {
    const bed = new FleetBed(test, { cloud: { actionMs: 60_000 } });
    await bed.rebornBot('heron', { droplet: { size: 's-1vcpu-2gb' } });
    await bed.pass(2 * minute);
    bed.bot('heron', { droplet: { size: 's-2vcpu-4gb' }, redeployRequest: 'first' });
    await bed.changed(10_000);
    assert.equal(bed.record('heron').status.operation?.type, 'Resize');
    const second = bed.sibling('heron', 1);
    const own = bed.dropletID('heron');
    const { destroys } = bed;
    await bed.pass(minute);
    assert.equal(bed.record('heron').status.operation?.type, 'Resize');
    assert.equal(bed.destroys, destroys);
    await bed.pass(10 * minute);
    assert.deepEqual(bed.dropletIDs, [own]);
    assert.notEqual(own, second);
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('of a bot that records none: the newest birth stays, once a person has accepted the state', async (test) => {
    const bed = new FleetBed(test);
    await bed.rebornBot('heron');
    const newest = bed.dropletID('heron');
    bed.sibling('heron', 1);
    await wipe(bed, 'heron');
    assert.equal(bed.dropletID('heron'), newest);
    assert.equal(bed.dropletIDs.length, 2);
    await bed.acceptState();
    await bed.pass(minute);
    assert.deepEqual(bed.dropletIDs, [newest]);
    assert.equal(bed.creates, 3);
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('of one birth, of a bot that records none: the oldest is its own, and a person is asked', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    const oldest = bed.dropletID('heron');
    await bed.pass(minute);
    const copy = bed.sibling('heron');
    await wipe(bed, 'heron');
    await bed.acceptState();
    await bed.pass(10 * minute);
    assert.equal(bed.dropletID('heron'), oldest);
    assert.equal(bed.ready('heron'), 'False FleetForked');
    assert.deepEqual(bed.dropletIDs, [oldest, copy]);
    assert.equal(bed.destroys, 0);
  });

  it('are confirmed by GET: what a list alone still shows is not destroyed again and again', async (test) => {
    const bed = new FleetBed(test, { cloud: { listLagMs: 60_000 } });
    await bed.rebornBot('heron');
    await bed.pass(minute);
    const { destroys } = bed;
    const second = bed.sibling('heron', 1);
    await bed.pass(90_000);
    bed.simulator.destroy(second);
    await bed.pass(5 * minute);
    assert.ok(bed.destroys <= destroys + 1, `${bed.destroys - destroys} DELETEs`);
    assert.equal(bed.ready('heron'), 'True Running');
  });
});

/** Somebody wipes the bot's status, and the controller starts again. */
async function wipe(bed: FleetBed, name: string): Promise<void> {
  bed.kill();
  await bed.pass(10_000);
  await bed.start();
  const wiped = bed.source.writeStatus(bed.record(name), {});
  await bed.settle();
  await wiped;
  await bed.restarted(5 * minute);
}
