import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { botTag, fleetTag } from '../../../src/model/identity.ts';
import { FleetBed } from '../fleet-bed.ts';

const minute = 60_000;

/** A fleet whose state went back to before the redeploys of its first `newer` bots. */
async function restoredBed(test: TestContext, bots: number, newer: number): Promise<FleetBed> {
  const bed = new FleetBed(test, { cloud: { dropletLimit: 200 }, engine: { maxConcurrentCreates: 50 } });
  bed.bots(bots);
  await bed.started(3 * minute);
  const copy = bed.backUp();
  bed.bots(newer, { redeployRequest: 'one' });
  await bed.changed(10 * minute);
  assert.equal(bed.births, bots + newer);
  await bed.wentBack(copy, 3 * minute);
  return bed;
}

const isOld = (bed: FleetBed) => bed.source.fleet().state.oldState?.droplets;

describe('a state that is older than the fleet', () => {
  for (const [newer, bots, found] of [
    [1, 1, 1],
    [1, 3, 1],
    [3, 50, 3],
    [1, 30, undefined],
    [2, 50, undefined],
  ] as const) {
    it(`shows by ${newer} of ${bots} droplets: ${found === undefined ? 'no' : 'yes'}`, async (test) => {
      const bed = await restoredBed(test, bots, newer);
      assert.equal(isOld(bed), found);
      assert.equal(bed.births, bots + newer);
      assert.equal(bed.controller.overview().ready, bots);
    });
  }

  it('lets what was asked for go on that destroys nothing: creates, power, reboots, losses made good', async (test) => {
    const bed = await restoredBed(test, 4, 3);
    bed.bot('late');
    bed.bot('bot0', { redeployRequest: 'one', powerState: 'Stopped' });
    bed.bot('bot1', { redeployRequest: 'one', rebootRequest: 'now' });
    bed.simulator.destroy(bed.dropletID('bot3'));
    await bed.changed(5 * minute);
    assert.equal(bed.ready('late'), 'True Running');
    assert.equal(bed.ready('bot0'), 'True Stopped');
    assert.equal(bed.record('bot1').status.handledRequests?.reboot, 'now');
    assert.equal(bed.ready('bot3'), 'True Running');
    assert.equal(bed.births, 9);
  });

  it('holds what destroys, over restarts too, until a person accepts it: then it goes on', async (test) => {
    const bed = new FleetBed(test, { engine: { orphans: 'delete', orphanGraceMs: minute } });
    bed.bots(6);
    await bed.started();
    const copy = bed.backUp();
    bed.bots(3, { redeployRequest: 'one' });
    await bed.changed(5 * minute);
    bed.kill();
    bed.bot('bot0', { redeployRequest: 'two' });
    bed.bot('bot3', { droplet: { region: 'fra1', replacePolicy: 'Automatic' } });
    bed.undeclare('bot4.yaml');
    const fleet = fleetTag(bed.source.fleet().state.fleetID);
    const orphan = bed.create('openclaw-bot-stray', ['openclaw', fleet, botTag('stray')]);
    const living = bed.dropletIDs;
    const { destroys } = bed;
    await bed.wentBack(copy, 10 * minute);
    for (let restarts = 0; restarts < 3; restarts += 1) await bed.restarted(5 * minute);
    assert.equal(bed.destroys, destroys);
    assert.deepEqual(bed.dropletIDs, living);
    for (const name of ['bot0', 'bot4']) assert.equal(bed.ready(name), 'False StateIsOld');
    await bed.acceptState();
    await bed.pass(20 * minute);
    assert.equal(bed.find('bot4'), undefined);
    assert.equal(bed.record('bot0').status.handledRequests?.redeploy, 'two');
    const region = bed.simulator.droplets().find(({ id }) => id === bed.dropletID('bot3'))?.region;
    assert.equal(region, 'fra1');
    assert.ok(!bed.dropletIDs.includes(orphan));
    assert.equal(isOld(bed), undefined);
    await bed.restarted(5 * minute);
    assert.equal(isOld(bed), undefined);
  });

  it('brings back no confirmation that a person gave before', async (test) => {
    const bed = new FleetBed(test);
    const names = bed.bots(9);
    await bed.started();
    for (const name of names.slice(2)) bed.undeclare(`${name}.yaml`);
    await bed.changed(30_000);
    assert.equal(bed.source.fleet().state.holds[0]?.kind, 'delete');
    const keys = bed.source.fleet().state.holds[0]?.keys ?? [];
    bed.bots(9);
    await bed.changed();
    await bed.editFleet((state) => ({ ...state, confirmed: { ...state.confirmed, delete: keys } }));
    bed.kill();
    const copy = bed.backUp();
    await bed.started();
    for (const name of names.slice(0, 3)) bed.bot(name, { redeployRequest: 'one' });
    await bed.changed(10 * minute);
    for (const name of names.slice(2)) bed.undeclare(`${name}.yaml`);
    await bed.wentBack(copy, 30 * minute);
    assert.deepEqual(bed.source.fleet().state.confirmed.delete, []);
    await bed.acceptState();
    await bed.pass(30 * minute);
    assert.equal(bed.dropletIDs.length, 9);
    assert.equal(bed.ready('bot8'), 'False MassDeletionHeld');
  });
});
