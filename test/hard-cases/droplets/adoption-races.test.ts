import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { adoptTag } from '../../../src/model/identity.ts';
import { FleetBed } from '../fleet-bed.ts';

const minute = 60_000;

/** A droplet that somebody made, with the permission to adopt it. */
async function withOldOne(test: TestContext): Promise<{ bed: FleetBed; id: number }> {
  const bed = new FleetBed(test);
  bed.bystander();
  await bed.started(1_000);
  const id = bed.create('old-bot', ['mine', adoptTag(bed.source.fleet().state.fleetID)]);
  await bed.pass(5_000);
  return { bed, id };
}

/** Somebody puts one bot's droplet into another one's record. */
async function share(bed: FleetBed, from: string, to: string): Promise<void> {
  const { droplet } = bed.record(from).status;
  const { status } = bed.record(to);
  const written = bed.source.writeStatus(bed.record(to), { ...status, droplet: droplet ?? assert.fail() });
  await bed.settle();
  await written;
}

const holders = (bed: FleetBed, id: number) =>
  [...bed.source.bots()].filter(({ status }) => status.droplet?.id === id).map(({ name }) => name);

describe('bots that adopt one droplet at the same time', () => {
  it('leave it to the first by declaration; the others say who has it', async (test) => {
    const { bed, id } = await withOldOne(test);
    for (const name of ['heron', 'egret', 'crane']) bed.bot(name, { adopt: { dropletID: id } });
    await bed.changed(5 * minute);
    const [holder = ''] = holders(bed, id);
    assert.deepEqual(holders(bed, id), ['crane']);
    for (const name of ['heron', 'egret']) {
      assert.equal(bed.ready(name), 'False AdoptionRefused');
      const told = bed.record(name).status.conditions?.find(({ type }) => type === 'Ready')?.message;
      assert.match(told ?? '', new RegExp(`bot default/${holder} has droplet ${id}`));
    }
    assert.equal(bed.births, 1);
  });

  it('do not destroy what the holder has, when the others go', async (test) => {
    const { bed, id } = await withOldOne(test);
    bed.bot('crane', { adopt: { dropletID: id } });
    bed.bot('egret', { adopt: { dropletID: id }, deletionPolicy: 'Delete' });
    await bed.changed(5 * minute);
    bed.undeclare('egret.yaml');
    await bed.changed(5 * minute);
    assert.equal(bed.find('egret'), undefined);
    assert.deepEqual(bed.dropletIDs, [id]);
    assert.equal(bed.ready('crane'), 'True Running');
  });

  it('hand it on: the next one has it once the first let go of it', async (test) => {
    const { bed, id } = await withOldOne(test);
    for (const name of ['crane', 'egret']) bed.bot(name, { adopt: { dropletID: id } });
    await bed.changed(5 * minute);
    bed.undeclare('crane.yaml');
    await bed.changed(5 * minute);
    bed.simulator.edit(id, { tags: [adoptTag(bed.source.fleet().state.fleetID)] });
    await bed.pass(5 * minute);
    assert.deepEqual(holders(bed, id), ['egret']);
    assert.equal(bed.ready('egret'), 'True Running');
    assert.equal(bed.births, 1);
  });

  it('never both have it, at whatever step the controller dies', async (test) => {
    for (let steps = 1; steps < 60; steps += 3) {
      const { bed, id } = await withOldOne(test);
      bed.dieIn(steps);
      for (const name of ['heron', 'egret']) bed.bot(name, { adopt: { dropletID: id } });
      await bed.changed(30_000);
      await bed.restarted(3 * minute);
      assert.deepEqual(holders(bed, id), ['egret'], `died at step ${steps}`);
      assert.equal(bed.ready('heron'), 'False AdoptionRefused');
      bed.close();
    }
  });
});

describe('a state from before an adoption', () => {
  it('has it carried out once, and follows a redeploy since', async (test) => {
    const { bed, id } = await withOldOne(test);
    const copy = bed.backUp();
    bed.bot('heron', { adopt: { dropletID: id } });
    await bed.changed(3 * minute);
    await bed.wentBack(copy, 3 * minute);
    assert.equal(bed.dropletID('heron'), id);
    bed.bot('heron', { adopt: { dropletID: id }, redeployRequest: 'one' });
    await bed.changed(5 * minute);
    const living = bed.dropletID('heron');
    assert.notEqual(living, id);
    await bed.wentBack(copy, 30 * minute);
    assert.equal(bed.dropletID('heron'), living);
    await bed.acceptState();
    await bed.pass(30 * minute);
    assert.equal(bed.dropletID('heron'), living);
    assert.equal(bed.births, 2);
    assert.equal(bed.ready('heron'), 'True Running');
  });
});

describe('two records of one droplet', () => {
  it('stop both bots, and neither destroys it', async (test) => {
    const bed = new FleetBed(test);
    bed.bots(2);
    await bed.started();
    const [id, other] = [bed.dropletID('bot0'), bed.dropletID('bot1')];
    await share(bed, 'bot0', 'bot1');
    bed.bots(2, { redeployRequest: 'one', powerState: 'Stopped', rebootRequest: 'one' });
    const mutations = bed.mutations();
    await bed.restarted(20 * minute);
    for (const name of ['bot0', 'bot1']) assert.equal(bed.ready(name), 'False SharedDroplet');
    assert.equal(bed.mutations(), mutations);
    assert.deepEqual(bed.dropletIDs, [id, other]);
  });

  for (const leaves of ['bot0', 'bot1']) {
    it(`leave it to the other one when ${leaves} is deleted`, async (test) => {
      const bed = new FleetBed(test);
      bed.bystander();
      bed.bots(2);
      await bed.started();
      const id = bed.dropletID('bot0');
      await share(bed, 'bot0', 'bot1');
      await bed.restarted(2 * minute);
      bed.undeclare(`${leaves}.yaml`);
      await bed.changed(20 * minute);
      const stays = leaves === 'bot0' ? 'bot1' : 'bot0';
      assert.equal(bed.dropletIDs.includes(id), true);
      assert.equal(bed.dropletID(stays), id);
      assert.notEqual(bed.ready(stays), 'False SharedDroplet');
      assert.equal(bed.find(leaves), undefined);
    });
  }
});
