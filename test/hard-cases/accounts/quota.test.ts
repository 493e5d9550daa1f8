import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { FleetBed } from '../fleet-bed.ts';

const minute = 60_000;

describe('a place in the quota', () => {
  it('is kept through a redeploy, however long the old droplet takes to go', async (test) => {
    const bed = new FleetBed(test, { cloud: { deleteMs: 90_000 } });
    bed.account({ maxBots: 1 });
    bed.bot('a');
    await bed.started();
    bed.bot('b');
    bed.bot('a', { redeployRequest: 'one' });
    await bed.changed(5 * minute);
    assert.equal(bed.ready('a'), 'True Running');
    assert.equal(bed.ready('b'), 'False QuotaExceeded');
    assert.equal(bed.creates, 2);
  });

  it('is kept through deletion until GET says 404', async (test) => {
    const bed = new FleetBed(test, { cloud: { deleteMs: 90_000 } });
    bed.account({ maxBots: 1 });
    bed.bot('a');
    await bed.started();
    bed.bot('b');
    bed.undeclare('a.yaml');
    await bed.changed(80_000);
    assert.equal(bed.creates, 1);
    await bed.pass(minute);
    assert.equal(bed.ready('b'), 'True Running');
    assert.deepEqual(bed.simulator.droplets().length, 1);
  });

  it('is known again after a restart, and those that wait are served in order of creation', async (test) => {
    const bed = new FleetBed(test);
    bed.account({ maxBots: 2 });
    for (const name of ['d', 'c', 'b', 'a']) {
      bed.bot(name);
      if (bed.clock.monotonic() === 0) await bed.started(5_000);
      else await bed.changed(5_000);
    }
    await bed.restarted(5 * minute);
    assert.equal(bed.creates, 2);
    assert.deepEqual([bed.ready('d'), bed.ready('c')], ['True Running', 'True Running']);
    bed.undeclare('d.yaml');
    await bed.changed();
    assert.equal(bed.ready('b'), 'True Running');
    assert.equal(bed.ready('a'), 'False QuotaExceeded');
  });

  it('is of an account in the bot’s own namespace only', async (test) => {
    const bed = new FleetBed(test);
    const manifest = {
      apiVersion: 'clawfleet.dev/v1alpha1',
      kind: 'Bot',
      metadata: { name: 'heron', namespace: 'elsewhere' },
      spec: { accountRef: { name: 'acme' } },
    };
    bed.declare('heron.yaml', JSON.stringify(manifest));
    await bed.started();
    assert.equal(bed.creates, 0);
    assert.equal([...bed.source.bots()][0]?.status.conditions?.[0]?.reason, 'AccountNotFound');
  });
});

describe('the monthly budget', () => {
  it('gates an upsize before the power is touched, and lets it go once there is money', async (test) => {
    const bed = new FleetBed(test);
    bed.account({ maxBots: 2, monthlyBudgetUSD: 20 });
    bed.bot('heron', { droplet: { size: 's-1vcpu-2gb' } });
    await bed.started();
    bed.bot('heron', { droplet: { size: 's-2vcpu-4gb' } });
    await bed.changed();
    assert.equal(bed.ready('heron'), 'False BudgetExceeded');
    assert.equal(bed.calls('POST /v2/droplets/:id/actions'), 0);
    bed.account({ maxBots: 2, monthlyBudgetUSD: 40 });
    await bed.changed();
    assert.equal(bed.ready('heron'), 'True Running');
    assert.equal(bed.simulator.droplets()[0]?.size, 's-2vcpu-4gb');
  });
});

describe('the quota', () => {
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

  it('cannot be read any more: nothing else suffers', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    bed.simulator.faults.order({
      effect: 'status',
      status: 503,
      match: { method: 'GET', path: '/v2/account' },
    });
    await bed.pass(2 * 3_600_000);
    bed.bot('egret');
    await bed.changed();
    assert.equal(bed.ready('heron'), 'True Running');
    assert.equal(bed.ready('egret'), 'True Running');
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
