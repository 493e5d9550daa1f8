import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { adoptTag, fleetTag, releasedTag } from '../../src/model/identity.ts';
import { resourceKey } from '../../src/model/resource-key.ts';
import { FleetBed } from './fleet-bed.ts';

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
      const bed = new FleetBed(test, { engine: { orphans, orphanGrace: 120_000 } });
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
    const bed = new FleetBed(test, { engine: { orphans: 'delete', orphanGrace: 60_000 } });
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
    const bed = new FleetBed(test, { engine: { orphans: 'delete', orphanGrace: 60_000 } });
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

describe('quota', () => {
  it('a released bot frees its place for the next in order of creation', async (test) => {
    const bed = new FleetBed(test);
    bed.account({ maxBots: 1 });
    bed.bot('a');
    await bed.started();
    bed.bot('b');
    await bed.changed();
    assert.equal(bed.ready('b'), 'False QuotaExceeded');
    bed.undeclare('a.yaml');
    await bed.changed();
    assert.equal(bed.ready('b'), 'True Running');
  });

  it('a downgrade destroys nothing, and powering on holders stays allowed', async (test) => {
    const bed = new FleetBed(test);
    const names = bed.bots(3);
    await bed.started();
    bed.account({ maxBots: 1 });
    await bed.changed();
    for (const id of bed.dropletIDs) bed.simulator.edit(id, { status: 'off' });
    await bed.pass(120_000);
    assert.deepEqual(
      names.map((name) => bed.ready(name)),
      names.map(() => 'True Running'),
    );
    assert.equal(bed.destroys, 0);
  });

  it('a bot whose create was refused holds no place', async (test) => {
    const bed = new FleetBed(test);
    bed.account({ maxBots: 1 });
    bed.bot('z', { droplet: { image: 'plan9' } });
    await bed.started(10_000);
    assert.deepEqual([...bed.source.accounts()][0]?.status.used, 0);
  });

  it('the budget gates creates by listed price, even of bots declared together', async (test) => {
    const bed = new FleetBed(test);
    bed.account({ maxBots: 10, monthlyBudgetUSD: 30 });
    bed.bots(4);
    await bed.started();
    assert.equal(bed.creates, 2);
    const reasons = [0, 1, 2, 3].map((index) => bed.ready(`bot${index}`)).sort();
    assert.deepEqual(reasons, [
      'False BudgetExceeded',
      'False BudgetExceeded',
      'True Running',
      'True Running',
    ]);
    bed.account({ maxBots: 10, monthlyBudgetUSD: 48 });
    await bed.changed();
    assert.equal(bed.controller.overview().ready, 4);
  });

  it('a missing Account grants nothing', async (test) => {
    const bed = new FleetBed(test);
    bed.undeclare('account-acme.yaml');
    bed.bot('heron');
    await bed.started();
    assert.equal(bed.ready('heron'), 'False AccountNotFound');
    assert.equal(bed.creates, 0);
  });

  it('on the cloud’s own droplet limit one bot probes, with back-off; the others wait', async (test) => {
    const bed = new FleetBed(test, { cloud: { dropletLimit: 2 } });
    bed.bots(6);
    await bed.started(30_000);
    const soon = bed.creates;
    assert.ok(soon <= 6, `${soon} creates at once`);
    await bed.pass(3_600_000);
    assert.ok(bed.creates - soon <= 8, `${bed.creates - soon} probes within an hour`);
    bed.simulator.change({ dropletLimit: 50 });
    await bed.pass(1_000_000);
    assert.equal(bed.controller.overview().ready, 6);
  });
});

describe('the cloud’s droplet limit', () => {
  async function limitedBed(test: TestContext): Promise<FleetBed> {
    const bed = new FleetBed(test, { cloud: { dropletLimit: 3 } });
    bed.bots(5);
    await bed.started(40 * 60_000);
    assert.equal(bed.controller.overview().ready, 3);
    return bed;
  }

  it('that was raised is noticed within a minute and a sweep, not at the next probe', async (test) => {
    const bed = await limitedBed(test);
    bed.simulator.change({ dropletLimit: 50 });
    await bed.pass(90_000);
    assert.equal(bed.controller.overview().ready, 5);
    const reads = bed.calls('GET /v2/account');
    await bed.pass(3 * 3_600_000);
    assert.ok(bed.calls('GET /v2/account') - reads <= 3, 'the account is read hourly at most');
  });

  it('that no longer binds since a droplet of ours was deleted lets the next bot in at once', async (test) => {
    const bed = await limitedBed(test);
    const ready = ['bot0', 'bot1', 'bot2', 'bot3', 'bot4'].find((name) => bed.ready(name) === 'True Running');
    bed.undeclare(`${ready}.yaml`);
    await bed.changed(30_000);
    assert.equal(bed.dropletIDs.length, 3);
    assert.equal(bed.controller.overview().ready, 3);
  });
});

describe('bad input', () => {
  it('of one bot stops nothing else', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('good');
    bed.bot('bad', { persona: 'wizard' });
    await bed.started();
    assert.equal(bed.ready('good'), 'True Running');
    assert.equal(bed.ready('bad'), 'False InvalidSpec');
  });

  it('a wrong project becomes a condition, and no tight loop', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron', { droplet: { projectID: '5a4981aa-9653-4bd1-bef5-d6bff52042e4' } });
    await bed.started(3_600_000);
    assert.equal(bed.ready('heron'), 'False ChangeRefused');
    const calls = bed.mutations();
    assert.ok(calls < 12, `${calls} mutations within an hour`);
  });

  it('one name in two files: nothing is done for it, and what runs is left alone', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    const before = bed.mutations();
    bed.declare(
      'copy.yaml',
      JSON.stringify({
        apiVersion: 'clawfleet.dev/v1alpha1',
        kind: 'Bot',
        metadata: { name: 'heron' },
        spec: { accountRef: { name: 'acme' }, powerState: 'Stopped' },
      }),
    );
    await bed.changed();
    assert.equal(bed.ready('heron'), 'False InvalidSpec');
    assert.equal(bed.mutations(), before);
    bed.undeclare('copy.yaml');
    await bed.changed();
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('a wiped status is rebuilt by look-up, and nothing is made twice', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    const wiped = bed.source.writeStatus(bed.record('heron'), {});
    await bed.settle();
    await wiped;
    await bed.restarted(200_000);
    assert.equal(bed.creates, 1);
    assert.equal(bed.ready('heron'), 'True Running');
    assert.equal(bed.find('heron')?.key, resourceKey('default', 'heron'));
  });
});

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
    await bed.pass(60_000);
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
