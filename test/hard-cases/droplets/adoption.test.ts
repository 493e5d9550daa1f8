import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adoptTag, fleetTag } from '../../../src/model/identity.ts';
import { resourceKey } from '../../../src/model/resource-key.ts';
import { FleetBed } from '../fleet-bed.ts';

describe('adoption', () => {
  it('changes nothing but tags, once the droplet carries the permission', async (test) => {
    const bed = new FleetBed(test);
    await bed.started(1_000);
    const id = bed.create('old-bot', ['mine']);
    await bed.pass(5_000);
    bed.bot('heron', { adopt: { dropletID: id } });
    await bed.changed();
    assert.equal(bed.ready('heron'), 'False AdoptionRefused');
    assert.deepEqual(bed.tags(id), ['mine']);
    bed.simulator.edit(id, { tags: ['mine', adoptTag(bed.source.fleet().state.fleetID)] });
    await bed.pass(120_000);
    assert.equal(bed.ready('heron'), 'True Running');
    assert.equal(bed.creates, 1);
    assert.equal(bed.calls('POST /v2/droplets/:id/actions'), 0);
    assert.equal(bed.simulator.droplets()[0]?.name, 'old-bot');
  });

  it('of a droplet that still boots, and shows its tags late, waits for them and creates nothing', async (test) => {
    const bed = new FleetBed(test, { cloud: { bootMs: 100_000, lateTags: 1, listLagMs: 30_000 } });
    await bed.started(1_000);
    const id = bed.create('young', [adoptTag(bed.source.fleet().state.fleetID)]);
    bed.bot('heron', { adopt: { dropletID: id } });
    await bed.changed(30_000);
    assert.equal(bed.record('heron').status.droplet, undefined);
    await bed.pass(240_000);
    assert.equal(bed.ready('heron'), 'True Running');
    assert.equal(bed.dropletID('heron'), id);
    assert.ok(bed.tags(id).includes(fleetTag(bed.source.fleet().state.fleetID)));
    assert.equal(bed.creates, 1, 'that of the droplet itself');
    await bed.pass(240_000);
    assert.deepEqual(bed.dropletIDs, [id]);
  });

  it('is refused when another bot holds the droplet', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('egret');
    await bed.started();
    const id = bed.dropletID('egret');
    bed.simulator.edit(id, { tags: [...bed.tags(id), adoptTag(bed.source.fleet().state.fleetID)] });
    bed.bot('heron', { adopt: { dropletID: id } });
    await bed.changed();
    assert.equal(bed.ready('heron'), 'False AdoptionRefused');
    assert.equal(bed.ready('egret'), 'True Running');
  });

  it('is refused, and says so, when the bot has a droplet of its own', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    const own = bed.dropletID('heron');
    const id = bed.create('old-bot', [adoptTag(bed.source.fleet().state.fleetID)]);
    bed.bot('heron', { adopt: { dropletID: id }, deletionPolicy: 'Delete', powerState: 'Stopped' });
    await bed.changed();
    assert.equal(bed.ready('heron'), 'False AdoptionRefused');
    assert.equal(bed.dropletID('heron'), own);
    assert.equal(bed.simulator.droplets().find((droplet) => droplet.id === own)?.status, 'off');
    assert.deepEqual(bed.tags(id), [adoptTag(bed.source.fleet().state.fleetID)]);
  });

  it('of a droplet that was redeployed since is no refusal', async (test) => {
    const bed = new FleetBed(test);
    await bed.started(1_000);
    const id = bed.create('old-bot', [adoptTag(bed.source.fleet().state.fleetID)]);
    await bed.pass(5_000);
    bed.bot('heron', { adopt: { dropletID: id } });
    await bed.changed();
    bed.bot('heron', { adopt: { dropletID: id }, redeployRequest: 'one' });
    await bed.changed(120_000);
    assert.notEqual(bed.dropletID('heron'), id);
    assert.equal(bed.dropletIDs.length, 1);
    assert.equal(bed.ready('heron'), 'True Running');
    for (let request = 2; request <= 18; request += 1) {
      bed.bot('heron', { adopt: { dropletID: id }, redeployRequest: `${request}` });
      await bed.changed(20_000);
      assert.equal(bed.ready('heron'), 'True Running', `after ${request} redeploys`);
    }
  });

  it('is refused for a droplet that another bot’s create in doubt is about to find', async (test) => {
    const faults = [{ effect: 'cutAfter', match: { method: 'POST', path: '/v2/droplets' }, nth: 1 } as const];
    const bed = new FleetBed(test, { faults, cloud: { listLagMs: 40_000 } });
    bed.bot('egret');
    await bed.started(2_000);
    const [id = 0] = bed.dropletIDs;
    bed.simulator.edit(id, { tags: [...bed.tags(id), adoptTag(bed.source.fleet().state.fleetID)] });
    bed.bot('heron', { adopt: { dropletID: id } });
    await bed.changed(180_000);
    assert.equal(bed.dropletID('egret'), id);
    assert.equal(bed.ready('heron'), 'False AdoptionRefused');
  });
});

describe('what never changes', () => {
  it('an adoption once declared: taking it out of the manifest turns no Orphan into a Delete', async (test) => {
    const bed = new FleetBed(test);
    await bed.started(1_000);
    const id = bed.create('old-bot', [adoptTag(bed.source.fleet().state.fleetID)]);
    await bed.pass(5_000);
    bed.bot('heron', { adopt: { dropletID: id } });
    await bed.changed();
    assert.equal(bed.ready('heron'), 'True Running');
    bed.bot('heron');
    await bed.changed();
    assert.equal(bed.ready('heron'), 'False InvalidSpec');
    await bed.restarted();
    assert.equal(bed.ready('heron'), 'False InvalidSpec');
    bed.bystander();
    bed.undeclare('heron.yaml');
    await bed.changed();
    assert.equal(bed.find('heron'), undefined);
    assert.deepEqual(bed.dropletIDs, [id]);
  });

  it('the account: a bot that names another one says so and stays with its own', async (test) => {
    const bed = new FleetBed(test);
    bed.account({ maxBots: 1 }, 'other');
    bed.bot('heron');
    await bed.started();
    bed.bot('heron', { accountRef: { name: 'other' }, powerState: 'Stopped' });
    await bed.changed();
    const ready = bed.record('heron').status.conditions?.find(({ type }) => type === 'Ready');
    assert.match(ready?.message ?? '', /spec\.accountRef\.name must not change: .*make a new bot/);
    assert.equal(bed.simulator.droplets()[0]?.status, 'active');
    assert.equal(bed.source.account(resourceKey('default', 'acme'))?.status.used, 1);
    bed.bot('heron', { powerState: 'Stopped' });
    await bed.changed();
    assert.equal(bed.ready('heron'), 'True Stopped');
  });
});
