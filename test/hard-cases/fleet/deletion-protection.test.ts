import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { releaseBots } from '../../../src/cli/commands/confirm.ts';
import { FleetBed } from '../fleet-bed.ts';

const minute = 60_000;
const guarded = { deletionProtection: true };

/** Three protected bots, and one that is not. */
async function startedBed(test: TestContext): Promise<FleetBed> {
  const bed = new FleetBed(test);
  for (const name of ['one', 'two', 'three']) bed.bot(name, guarded);
  bed.bot('loose');
  await bed.started(5 * minute);
  return bed;
}

describe('a protected bot of a directory', () => {
  it('stays when its file is gone, runs on, and says so, over a restart too', async (test) => {
    const bed = await startedBed(test);
    bed.undeclare('one.yaml');
    bed.undeclare('loose.yaml');
    await bed.changed(5 * minute);
    assert.equal(bed.find('loose'), undefined, 'what is not protected goes');
    assert.equal(bed.ready('one'), 'False DeletionProtected');
    assert.equal(bed.record('one').status.phase, 'Online');
    await bed.restarted(5 * minute);
    assert.equal(bed.ready('one'), 'False DeletionProtected');
    assert.equal(bed.destroys, 1);
  });

  it('still gets its droplet back when that is lost', async (test) => {
    const bed = await startedBed(test);
    bed.undeclare('one.yaml');
    await bed.changed();
    const before = bed.dropletID('one');
    bed.simulator.destroy(before);
    await bed.pass(10 * minute);
    assert.notEqual(bed.dropletID('one'), before);
  });

  it('is as before once its file is back', async (test) => {
    const bed = await startedBed(test);
    bed.undeclare('one.yaml');
    await bed.changed();
    bed.bot('one', guarded);
    await bed.changed();
    assert.equal(bed.ready('one'), 'True Running');
    assert.equal(bed.destroys, 0);
  });

  it('goes when it is declared without protection, then no more', async (test) => {
    const bed = await startedBed(test);
    bed.undeclare('one.yaml');
    await bed.changed();
    bed.bot('one', { deletionProtection: false });
    await bed.changed();
    bed.undeclare('one.yaml');
    await bed.changed(5 * minute);
    assert.equal(bed.find('one'), undefined);
    assert.equal(bed.destroys, 1);
  });

  it('goes when someone lets go of it by name, and the word holds for that deletion alone', async (test) => {
    const bed = await startedBed(test);
    bed.undeclare('one.yaml');
    await bed.changed();
    const record = bed.record('one');
    bed.bot('one', guarded);
    await bed.changed();
    bed.undeclare('one.yaml');
    await bed.changed();
    await bed.editFleet((state) => releaseBots(state, [record]));
    await bed.pass(5 * minute);
    assert.equal(
      bed.ready('one'),
      'False DeletionProtected',
      'a word for an earlier deletion counts no more',
    );
    await bed.editFleet((state) => releaseBots(state, [bed.record('one')]));
    await bed.pass(5 * minute);
    assert.equal(bed.find('one'), undefined);
    assert.deepEqual(bed.source.fleet().state.released, [], 'nothing is left of it');
  });

  it('is part of a mass loss while that is news, and none any more when it was kept for long', async (test) => {
    const bed = new FleetBed(test);
    const names = bed.bots(6, guarded);
    await bed.started(5 * minute);
    for (const name of names.slice(0, 4)) {
      bed.undeclare(`${name}.yaml`);
      await bed.changed(11 * minute);
    }
    assert.deepEqual(bed.controller.overview().holds, []);
    await bed.restarted();
    assert.deepEqual(bed.controller.overview().holds, []);
    assert.equal(bed.ready('bot0'), 'False DeletionProtected');
    for (const name of names.slice(4)) bed.undeclare(`${name}.yaml`);
    await bed.changed(5 * minute);
    assert.equal(bed.destroys, 0);
  });
});
