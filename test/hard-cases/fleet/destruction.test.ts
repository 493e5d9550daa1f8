import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { fleetTag, releasedTag } from '../../../src/model/identity.ts';
import { FleetBed } from '../fleet-bed.ts';

const minute = 60_000;
const get = { method: 'GET', path: '/v2/droplets/*' };

/** Bots that have been redeployed once, each with a droplet of its first create that turns up late. */
async function withLateOnes(test: TestContext, bots: number, late: number): Promise<FleetBed> {
  const bed = new FleetBed(test, { cloud: { dropletLimit: 300 }, engine: { maxConcurrentCreates: 100 } });
  bed.account({ maxBots: 200 });
  const names = bed.bots(bots);
  await bed.started(3 * minute);
  bed.bots(late, { redeployRequest: 'one' });
  await bed.changed(10 * minute);
  for (const name of names.slice(0, late)) bed.sibling(name, 1);
  return bed;
}

const surplus = (bed: FleetBed, bots: number) => bed.dropletIDs.length - bots;

describe('destructions that nobody asked for', () => {
  it('are two in ten minutes: the rest is held until a person confirms it', async (test) => {
    const bed = await withLateOnes(test, 8, 5);
    await bed.pass(30 * minute);
    assert.equal(surplus(bed, 8), 3);
    const [hold] = bed.source.fleet().state.holds;
    assert.equal(hold?.kind, 'destroy');
    const first = hold.keys[0] ?? assert.fail();
    assert.equal(bed.ready(first.replace('default/', '')), 'False DestructionHeld');
    await bed.confirm('destroy', [first]);
    await bed.pass(5 * minute);
    assert.equal(surplus(bed, 8), 2);
    await bed.confirm('destroy', hold.keys.slice(1));
    await bed.pass(5 * minute);
    assert.equal(surplus(bed, 8), 0);
    assert.deepEqual(bed.source.fleet().state.holds, []);
    assert.deepEqual(bed.source.fleet().state.confirmed.destroy ?? [], []);
  });

  it('are two per cent of a large fleet’s droplets', async (test) => {
    const bed = await withLateOnes(test, 150, 6);
    await bed.pass(30 * minute);
    assert.equal(surplus(bed, 150), 3);
  });

  it('are no more where the controller starts again and again', async (test) => {
    const bed = await withLateOnes(test, 8, 6);
    for (let starts = 0; starts < 12; starts += 1) await bed.restarted(20_000);
    assert.equal(surplus(bed, 8), 4);
    await bed.restarted(30 * minute);
    assert.equal(surplus(bed, 8), 4);
  });

  it('are bounded too where a declared change replaces by itself, and what a person asks for is not', async (test) => {
    const bed = new FleetBed(test, { engine: { maxConcurrentCreates: 20 } });
    const droplet = { replacePolicy: 'Automatic' };
    bed.bots(6, { droplet });
    await bed.started();
    bed.bots(6, { droplet: { ...droplet, region: 'fra1' } });
    await bed.changed(9 * minute);
    assert.equal(bed.destroys, 2);
    bed.bots(6, { droplet: { ...droplet, region: 'fra1' }, redeployRequest: 'all' });
    await bed.changed(15 * minute);
    assert.equal(bed.controller.overview().ready, 6);
    assert.ok(bed.simulator.droplets().every(({ region }) => region === 'fra1'));
    assert.deepEqual(bed.source.fleet().state.holds, []);
  });
});

describe('a droplet that was to be destroyed', () => {
  for (const [what, change] of [
    ['has another name by now', () => ({ name: 'web-1' })],
    ['has a tag more by now', (tags: readonly string[]) => ({ tags: [...tags, 'keep'] })],
    [
      'has another fleet’s tag by now',
      (tags: readonly string[]) => ({ tags: [...tags, fleetTag('another1')] }),
    ],
    ['was released by now', () => ({ tags: [releasedTag] })],
  ] as const) {
    it(`as surplus stays when it ${what}, though the order was decided and waits for the store`, async (test) => {
      const bed = await withLateOnes(test, 2, 1);
      const late = Math.max(...bed.dropletIDs);
      bed.writeMs = 4_000;
      const gets = bed.calls('GET /v2/droplets/:id');
      await bed.until(() => bed.calls('GET /v2/droplets/:id') >= gets + 2, minute, 'both are read');
      bed.simulator.edit(late, change(bed.tags(late)));
      const { destroys } = bed;
      await bed.pass(4_500);
      assert.equal(bed.destroys, destroys);
      assert.ok(bed.dropletIDs.includes(late));
    });
  }

  it('with its bot stays when another fleet has tagged it since the last listing', async (test) => {
    const bed = new FleetBed(test);
    bed.bystander();
    bed.bot('heron');
    await bed.started();
    const id = bed.dropletID('heron');
    bed.simulator.edit(id, { tags: [...bed.tags(id), fleetTag('another1')] });
    bed.undeclare('heron.yaml');
    await bed.changed(10 * minute);
    assert.deepEqual(bed.dropletIDs, [id]);
    assert.equal(bed.find('heron'), undefined);
  });

  it('as surplus stays while what would remain answers 404', async (test) => {
    const bed = await withLateOnes(test, 2, 1);
    const hidden = { droplets: { ids: [bed.dropletID('bot0')] } };
    bed.simulator.faults.order({ effect: 'hide', forMs: 5 * minute, match: get, ...hidden });
    const { destroys } = bed;
    await bed.pass(4 * minute);
    assert.equal(bed.destroys, destroys);
    await bed.pass(10 * minute);
    assert.equal(surplus(bed, 2), 0);
    assert.ok(hidden.droplets.ids.every((id) => bed.dropletIDs.includes(id)));
  });

  it('stays while the lease may end before the answer; it goes once the lease is held again', async (test) => {
    const bed = new FleetBed(test);
    bed.bystander();
    bed.bot('heron');
    await bed.started();
    bed.leaseMs = 4_000;
    bed.undeclare('heron.yaml');
    await bed.changed(10 * minute);
    assert.equal(bed.destroys, 0);
    bed.leaseMs = Number.POSITIVE_INFINITY;
    await bed.pass(5 * minute);
    assert.equal(bed.find('heron'), undefined);
    assert.deepEqual(bed.dropletIDs, []);
  });

  it('stays while a lease that short stands against power-offs, resizes and reboots', async (test) => {
    const bed = new FleetBed(test);
    bed.bots(3, { droplet: { size: 's-1vcpu-2gb' } });
    await bed.started();
    bed.leaseMs = 4_000;
    bed.bot('bot0', { powerState: 'Stopped' });
    bed.bot('bot1', { droplet: { size: 's-2vcpu-4gb' } });
    bed.bot('bot2', { rebootRequest: 'one', droplet: { size: 's-1vcpu-2gb' } });
    await bed.changed(10 * minute);
    assert.equal(bed.calls('POST /v2/droplets/:id/actions'), 0);
    bed.leaseMs = Number.POSITIVE_INFINITY;
    await bed.pass(10 * minute);
    assert.equal(bed.controller.overview().ready, 3);
  });
});

describe('a droplet that was released from the fleet', () => {
  it('is not touched by a state that still records it, whatever is declared', async (test) => {
    const bed = new FleetBed(test);
    bed.bystander();
    bed.bot('heron', { deletionPolicy: 'Orphan' });
    await bed.started();
    const id = bed.dropletID('heron');
    const copy = bed.backUp();
    bed.undeclare('heron.yaml');
    await bed.changed();
    assert.equal(bed.find('heron'), undefined);
    const { tags } = bed.simulator.droplets()[0] ?? assert.fail();
    bed.bot('heron', { deletionPolicy: 'Delete', powerState: 'Stopped', redeployRequest: 'one' });
    const mutations = bed.mutations();
    await bed.wentBack(copy, 30 * minute);
    assert.equal(bed.ready('heron'), 'False DropletReleased');
    assert.equal(bed.mutations(), mutations);
    bed.undeclare('heron.yaml');
    await bed.changed(10 * minute);
    assert.deepEqual(bed.dropletIDs, [id]);
    assert.deepEqual(bed.tags(id), tags);
    assert.equal(bed.simulator.droplets()[0]?.status, 'active');
  });
});

describe('droplets that a person renamed', () => {
  it('are the bots’ own by their ids, and get their names back', async (test) => {
    const bed = new FleetBed(test, { engine: { maxConcurrentCreates: 40 } });
    const names = bed.bots(40);
    await bed.started(3 * minute);
    const ids = names.map((name) => bed.dropletID(name));
    for (const [index, id] of ids.entries()) bed.simulator.edit(id, { name: `web-${index}` });
    await bed.restarted(10 * minute);
    assert.deepEqual(
      names.map((name) => bed.dropletID(name)),
      ids,
    );
    assert.equal(bed.births, 40);
    assert.equal(bed.destroys, 0);
    assert.ok(bed.simulator.droplets().every(({ name }) => !name.startsWith('web-')));
  });

  it('are found by an old state, which records a former one', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    const copy = bed.backUp();
    bed.bot('heron', { redeployRequest: 'one' });
    await bed.changed(5 * minute);
    const living = bed.dropletID('heron');
    bed.kill();
    bed.simulator.edit(living, { name: 'web-1' });
    await bed.wentBack(copy, 20 * minute);
    assert.equal(bed.dropletID('heron'), living);
    assert.equal(bed.births, 2);
    assert.deepEqual(bed.dropletIDs, [living]);
  });
});
