import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adoptTag, fleetTag, releasedTag } from '../../../src/model/identity.ts';
import { FleetBed } from '../fleet-bed.ts';

describe('what may be touched', () => {
  it('another fleet’s tag always forbids, even when the bot is deleted', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    const id = bed.dropletID('heron');
    bed.simulator.edit(id, { tags: [...bed.tags(id), 'clawfleet-another1'], status: 'off' });
    const before = bed.mutations();
    await bed.pass(120_000);
    assert.equal(bed.mutations(), before);
    assert.equal(bed.ready('heron'), 'False ForeignFleet');
    bed.bystander();
    bed.undeclare('heron.yaml');
    await bed.changed(180_000);
    assert.equal(bed.find('heron'), undefined);
    assert.equal(bed.destroys, 0);
    assert.equal(bed.tags(id).includes(fleetTag(bed.source.fleet().state.fleetID)), false);
  });

  it('orphaning first replaces the fleet tag, and is done when GET shows it', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron', { deletionPolicy: 'Orphan' });
    await bed.started();
    const id = bed.dropletID('heron');
    bed.bystander();
    bed.undeclare('heron.yaml');
    await bed.changed();
    assert.equal(bed.find('heron'), undefined);
    assert.deepEqual(bed.dropletIDs, [id]);
    assert.equal(bed.tags(id).includes(releasedTag), true);
    assert.equal(bed.tags(id).includes(fleetTag(bed.source.fleet().state.fleetID)), false);
  });

  it('orphaning that has begun is carried to its end, although the process dies and the bot is declared again', async (test) => {
    for (let steps = 8; steps < 28; steps += 1) {
      const bed = new FleetBed(test);
      bed.bot('heron', { deletionPolicy: 'Orphan' });
      await bed.started();
      const id = bed.dropletID('heron');
      bed.bystander();
      bed.undeclare('heron.yaml');
      bed.kill();
      await bed.start(steps);
      await bed.pass(10_000);
      bed.kill();
      bed.bot('heron');
      await bed.started(300_000);
      assert.equal(bed.ready('heron'), 'True Running', `died at step ${steps}`);
      const own = bed.dropletID('heron');
      assert.equal(bed.tags(own).includes(releasedTag), false, `died at step ${steps}`);
      assert.equal(bed.dropletIDs.length, own === id ? 1 : 2);
      bed.close();
    }
  });

  it('a droplet that was released can be adopted, and is the fleet’s again', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron', { deletionPolicy: 'Orphan' });
    await bed.started();
    const id = bed.dropletID('heron');
    bed.bystander();
    bed.undeclare('heron.yaml');
    await bed.changed();
    bed.simulator.edit(id, { tags: [...bed.tags(id), adoptTag(bed.source.fleet().state.fleetID)] });
    bed.bot('egret', { adopt: { dropletID: id } });
    await bed.changed(120_000);
    assert.equal(bed.ready('egret'), 'True Running');
    assert.equal(bed.tags(id).includes(releasedTag), false);
    assert.equal(bed.tags(id).includes(fleetTag(bed.source.fleet().state.fleetID)), true);
  });

  it('a sweep only reports orphans, and destroys them after their grace under --orphans=delete alone', async (test) => {
    for (const orphans of ['report', 'delete'] as const) {
      const bed = new FleetBed(test, { engine: { orphans, orphanGraceMs: 120_000 } });
      await bed.started(1_000);
      const tag = fleetTag(bed.source.fleet().state.fleetID);
      bed.create('stray', ['openclaw', tag]);
      const theirs = bed.create('theirs', ['openclaw', tag, 'clawfleet-another1']);
      await bed.pass(60_000);
      assert.equal(bed.dropletIDs.length, 2);
      await bed.pass(300_000);
      assert.deepEqual(bed.dropletIDs.length, orphans === 'delete' ? 1 : 2);
      assert.equal(bed.dropletIDs.includes(theirs), true);
      bed.close();
    }
  });

  it('a sweep destroys nothing while the source is not read whole', async (test) => {
    const bed = new FleetBed(test, { engine: { orphans: 'delete', orphanGraceMs: 60_000 } });
    bed.declare('broken.yaml', 'kind: [');
    await bed.started(1_000);
    bed.create('stray', ['openclaw', fleetTag(bed.source.fleet().state.fleetID)]);
    await bed.pass(600_000);
    assert.equal(bed.dropletIDs.length, 1);
    bed.undeclare('broken.yaml');
    await bed.changed();
    assert.deepEqual(bed.dropletIDs, []);
  });

  it('a sweep destroys no droplet that a bot has adopted by then, nor one that was released', async (test) => {
    const bed = new FleetBed(test, { engine: { orphans: 'delete', orphanGraceMs: 60_000 } });
    await bed.started(1_000);
    const ours = fleetTag(bed.source.fleet().state.fleetID);
    const adopted = bed.create('stray', ['openclaw', ours]);
    const released = bed.create('freed', ['openclaw', ours, releasedTag]);
    await bed.pass(30_000);
    bed.bot('heron', { adopt: { dropletID: adopted } });
    await bed.changed(600_000);
    assert.deepEqual(bed.dropletIDs, [adopted, released]);
  });

  it('drift in the control panel is put right: power, name and tags', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started(180_000);
    const id = bed.dropletID('heron');
    const [before] = bed.simulator.droplets();
    bed.simulator.edit(id, { status: 'off', name: 'web-1', tags: [] });
    await bed.pass(180_000);
    const [after] = bed.simulator.droplets();
    assert.deepEqual(
      [after?.status, after?.name, [...(after?.tags ?? [])].sort()],
      ['active', before?.name, [...(before?.tags ?? [])].sort()],
    );
    assert.equal(bed.ready('heron'), 'True Running');
  });
});

describe('tags', () => {
  it('declared together on a young droplet are all added within seconds', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started(10_000);
    bed.bot('heron', { droplet: { tags: ['one', 'two', 'three'] } });
    await bed.changed(10_000);
    const tags = bed.tags(bed.dropletID('heron'));
    assert.deepEqual(
      ['one', 'two', 'three'].filter((tag) => !tags.includes(tag)),
      [],
    );
  });
});
