import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FleetBed } from './fleet-bed.ts';

const minute = 60_000;

/** A second droplet of the bot's name and tags. */
function duplicate(bed: FleetBed, name: string): number {
  const id = bed.dropletID(name);
  const own = bed.simulator.droplets().find((droplet) => droplet.id === id);
  return bed.create(own?.name ?? '', bed.tags(id));
}

describe('duplicates', () => {
  it('are left alone while an operation on the bot is open', async (test) => {
    const bed = new FleetBed(test, { cloud: { actionMs: 60_000 } });
    bed.bot('heron', { droplet: { size: 's-1vcpu-2gb' } });
    await bed.started(3 * minute);
    bed.bot('heron', { droplet: { size: 's-2vcpu-4gb' } });
    await bed.changed(10_000);
    assert.equal(bed.record('heron').status.operation?.type, 'Resize');
    const second = duplicate(bed, 'heron');
    const own = bed.dropletID('heron');
    await bed.pass(minute);
    assert.equal(bed.record('heron').status.operation?.type, 'Resize');
    assert.equal(bed.destroys, 0);
    await bed.pass(10 * minute);
    assert.deepEqual(bed.dropletIDs, [own]);
    assert.notEqual(own, second);
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('of a bot that records none: the oldest stays', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    const oldest = bed.dropletID('heron');
    await bed.pass(minute);
    duplicate(bed, 'heron');
    bed.kill();
    await bed.pass(10_000);
    await bed.start();
    const wiped = bed.source.writeStatus(bed.record('heron'), {});
    await bed.settle();
    await wiped;
    await bed.restarted(5 * minute);
    assert.equal(bed.dropletID('heron'), oldest);
    assert.deepEqual(bed.dropletIDs, [oldest]);
    assert.equal(bed.creates, 2);
  });

  it('are confirmed by GET: what a list alone still shows is not destroyed again and again', async (test) => {
    const bed = new FleetBed(test, { cloud: { listLagMs: 60_000 } });
    bed.bot('heron');
    await bed.started(2 * minute);
    const second = duplicate(bed, 'heron');
    await bed.pass(90_000);
    bed.simulator.destroy(second);
    await bed.pass(5 * minute);
    assert.ok(bed.destroys <= 1, `${bed.destroys} DELETEs`);
    assert.equal(bed.ready('heron'), 'True Running');
  });
});
