import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FleetBed } from './fleet-bed.ts';

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
