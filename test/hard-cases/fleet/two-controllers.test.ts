import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { birthTag } from '../../../src/model/birth.ts';
import { FleetBed } from '../fleet-bed.ts';

const minute = 60_000;

/** Two controllers that each hold the fleet for theirs. */
async function pair(
  test: TestContext,
  listLagMs = 1_000,
): Promise<{ bed: FleetBed; twin: FleetBed; names: string[] }> {
  const bed = new FleetBed(test, { cloud: { listLagMs } });
  const names = bed.bots(2);
  await bed.started();
  const twin = await bed.twin(test, bed.backUp(), true);
  await twin.started();
  return { bed, twin, names };
}

describe('a state that was copied to another place', () => {
  it('is not acted on there before somebody binds it to that place', async (test) => {
    const bed = new FleetBed(test);
    bed.bots(2);
    await bed.started();
    const twin = await bed.twin(test, bed.backUp(), false);
    twin.bots(2, { redeployRequest: 'one', powerState: 'Stopped' });
    await twin.started(10 * minute);
    assert.equal(twin.ready('bot0'), 'False FleetMismatch');
    assert.equal(bed.births, 2);
    assert.equal(bed.ready('bot0'), 'True Running');
  });
});

describe('two controllers on copies of one state', () => {
  it('agree while there is nothing to do', async (test) => {
    const { bed, twin, names } = await pair(test);
    const mutations = bed.mutations();
    await bed.pass(30 * minute);
    assert.equal(bed.mutations(), mutations);
    for (const name of names) assert.equal(twin.ready(name), 'True Running');
  });

  it('make one droplet between them, where one carries out a redeploy that is declared to both', async (test) => {
    const { bed, twin } = await pair(test);
    bed.bot('bot0', { redeployRequest: 'one' });
    await bed.changed(5 * minute);
    const living = bed.dropletID('bot0');
    await twin.pass(5 * minute);
    twin.bot('bot0', { redeployRequest: 'one' });
    await twin.changed(20 * minute);
    assert.equal(twin.dropletID('bot0'), living);
    assert.equal(twin.record('bot0').status.handledRequests?.redeploy, 'one');
    assert.equal(bed.births, 3);
    assert.deepEqual(bed.simulator.lives.overlaps(), []);
  });

  it('make one droplet between them where a droplet is lost, and one where both redeploy at once', async (test) => {
    const { bed, twin, names } = await pair(test);
    bed.simulator.destroy(bed.dropletID('bot0'));
    for (const one of [bed, twin]) one.bot('bot1', { redeployRequest: 'one' });
    await Promise.all([bed.rescan(), twin.rescan()]);
    await bed.pass(30 * minute);
    assert.equal(bed.births, 4);
    assert.deepEqual(bed.simulator.lives.overlaps(), []);
    for (const name of names) assert.equal(twin.dropletID(name), bed.dropletID(name));
  });

  it('destroy nothing of each other’s where the cloud shows neither what the other makes; a person decides', async (test) => {
    const { bed, twin } = await pair(test, 2 * minute);
    await bed.pass(5 * minute);
    bed.simulator.destroy(bed.dropletID('bot0'));
    await bed.pass(30 * minute);
    assert.equal(bed.destroys, 0);
    const made = bed.simulator.droplets().filter(({ tags }) => tags.includes(birthTag(2)));
    assert.equal(made.length, 2);
    for (const one of [bed, twin]) assert.equal(one.ready('bot0'), 'False FleetForked');
    const keep = bed.dropletID('bot0');
    await bed.resolve('bot0', keep);
    await bed.pass(10 * minute);
    assert.equal(bed.ready('bot0'), 'True Running');
    assert.equal(twin.dropletID('bot0'), keep);
    assert.equal(bed.births, 4);
  });
});
