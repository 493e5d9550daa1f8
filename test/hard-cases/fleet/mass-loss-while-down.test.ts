import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fleetTag } from '../../../src/model/identity.ts';
import { FleetBed } from '../fleet-bed.ts';

describe('mass disappearance while the controller was down', () => {
  it('holds every re-creation: not the first few are made before the rest is missed', async (test) => {
    const bed = new FleetBed(test);
    bed.bots(10);
    await bed.started();
    bed.kill();
    for (const id of bed.dropletIDs.slice(0, 7)) bed.simulator.destroy(id);
    await bed.pass(5_000);
    await bed.started();
    assert.equal(bed.creates, 10);
    assert.equal(bed.source.fleet().state.holds[0]?.keys.length, 7);
    const keys = bed.source.fleet().state.holds[0]?.keys ?? [];
    await bed.confirm('recreate', keys);
    // So many at once are rather a mistake of the cloud, but `confirm recreate` has looked: a person's word ends the wait.
    await bed.pass(120_000);
    assert.equal(bed.creates, 17);
    assert.equal(bed.controller.overview().ready, 10);
    assert.deepEqual(bed.source.fleet().state.confirmed.recreate, []);
  });

  it('ends by itself when what a listing missed is found alive', async (test) => {
    const bed = new FleetBed(test);
    bed.bots(8);
    await bed.started(180_000);
    const fleet = fleetTag(bed.source.fleet().state.fleetID);
    for (const id of bed.dropletIDs.slice(0, 6))
      bed.simulator.edit(id, { tags: bed.tags(id).filter((tag) => tag !== fleet) });
    await bed.pass(120_000);
    assert.equal(bed.controller.overview().ready, 8);
    assert.equal(bed.creates, 8);
    assert.deepEqual(bed.source.fleet().state.holds, []);
    assert.equal(bed.dropletIDs.filter((id) => bed.tags(id).includes(fleet)).length, 8);
  });

  it('does not take a few deletions for many because they are told first', async (test) => {
    const bed = new FleetBed(test);
    bed.bots(12);
    await bed.started();
    bed.kill();
    for (const name of ['bot0', 'bot1', 'bot2', 'bot3']) bed.undeclare(`${name}.yaml`);
    await bed.started(120_000);
    assert.equal(bed.dropletIDs.length, 8);
    assert.deepEqual(bed.source.fleet().state.holds, []);
  });
});
