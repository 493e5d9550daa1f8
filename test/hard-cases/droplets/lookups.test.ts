import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BotStatus } from '../../../src/model/spec/bot-status.ts';
import { FleetBed } from '../fleet-bed.ts';

const post = { method: 'POST', path: '/v2/droplets' };
const list = { method: 'GET', path: '/v2/droplets' };
const minute = 60_000;

/** Somebody writes the bot's status, as one can who has the state in hand. */
async function overwrite(bed: FleetBed, name: string, status: BotStatus): Promise<void> {
  const written = bed.source.writeStatus(bed.record(name), status);
  await bed.settle();
  await written;
}

describe('a look-up', () => {
  it('ignores the predecessor that a lagging list still shows', async (test) => {
    const bed = new FleetBed(test, { cloud: { listLagMs: 60_000, deleteMs: 1_000 } });
    bed.bot('heron');
    await bed.started(2 * minute);
    const first = bed.dropletID('heron');
    bed.simulator.faults.order({ effect: 'cutBefore', match: post, nth: 1 });
    bed.bot('heron', { redeployRequest: 'one' });
    await bed.changed(30_000);
    assert.equal(bed.creates, 2);
    assert.equal(bed.record('heron').status.createAttempt?.knownDropletIDs.includes(first), true);
    await bed.pass(5 * minute);
    assert.equal(bed.creates, 3);
    assert.notEqual(bed.dropletID('heron'), first);
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('ignores whatever was created before the attempt', async (test) => {
    const bed = new FleetBed(test, { cloud: { listLagMs: 0 } });
    bed.bot('heron');
    await bed.started();
    const { status } = bed.record('heron');
    const old = bed.dropletID('heron');
    bed.kill();
    await bed.pass(5 * minute);
    await bed.start();
    const { template, cloud } = status.droplet ?? assert.fail();
    const storedAt = new Date(bed.clock.now()).toISOString();
    const attempt = { id: 'a', storedAt, cloud, template: template ?? assert.fail(), knownDropletIDs: [] };
    const { droplet: _, ...rest } = status;
    await overwrite(bed, 'heron', { ...rest, createAttempt: attempt });
    await bed.restarted(minute);
    assert.equal(bed.record('heron').status.createAttempt?.id, 'a');
    await bed.pass(5 * minute);
    assert.equal(bed.dropletID('heron'), old);
    assert.equal(bed.creates, 1);
  });

  it('precedes any create of a bot whose status was wiped, through a whole settling window', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron', { powerState: 'Stopped' });
    await bed.started();
    await overwrite(bed, 'heron', {});
    bed.bot('heron');
    await bed.restarted(100_000);
    assert.equal(bed.creates, 0);
    await bed.pass(minute);
    assert.equal(bed.creates, 1);
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('precedes the end of a bot whose status was wiped, and what it finds is destroyed', async (test) => {
    const bed = new FleetBed(test, {
      cloud: { listLagMs: 90_000 },
      faults: [{ effect: 'cutAfter', match: post }],
    });
    bed.bot('heron');
    await bed.started(1_000);
    await overwrite(bed, 'heron', {});
    bed.bystander();
    bed.undeclare('heron.yaml');
    await bed.restarted(minute);
    assert.notEqual(bed.find('heron'), undefined);
    await bed.pass(3 * minute);
    assert.equal(bed.find('heron'), undefined);
    assert.deepEqual(bed.dropletIDs, []);
  });
});

describe('a status', () => {
  it('of another bot is void: its droplet is not touched, and nothing is created in haste', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    const theirs = bed.dropletID('heron');
    bed.bot('egret');
    await bed.rescan();
    await overwrite(bed, 'egret', bed.record('heron').status);
    await bed.restarted(100_000);
    assert.notEqual(bed.record('egret').status.droplet?.id, theirs);
    bed.undeclare('egret.yaml');
    await bed.changed(5 * minute);
    assert.equal(bed.find('egret'), undefined);
    assert.equal(bed.dropletIDs.includes(theirs), true);
    assert.equal(bed.ready('heron'), 'True Running');
  });
});

describe('before the first whole listing', () => {
  it('nothing is created, and lost droplets count as nothing yet', async (test) => {
    const bed = new FleetBed(test);
    bed.bots(2);
    await bed.started();
    bed.kill();
    const rule = bed.simulator.faults.order({ effect: 'status', status: 503, match: list });
    bed.bot('late');
    bed.simulator.destroy(bed.dropletIDs[0] ?? 0);
    await bed.started(10 * minute);
    assert.equal(bed.creates, 2);
    assert.equal(bed.ready('late'), 'False CloudUnavailable');
    bed.simulator.faults.withdraw(rule);
    await bed.pass(5 * minute);
    assert.equal(bed.creates, 4);
    assert.equal(bed.controller.overview().ready, 3);
  });
});

describe('the attempt', () => {
  it('is stored only once a slot and a place in the call budget are there: none is open while bots wait', async (test) => {
    const bed = new FleetBed(test, { cloud: { minuteLimit: 30 }, engine: { maxConcurrentCreates: 40 } });
    bed.bots(40);
    await bed.start();
    for (let seconds = 0; seconds < 240; seconds += 1) {
      await bed.pass(1_000);
      assert.equal(bed.controller.overview().openAttempts, 0, `after ${seconds} s`);
    }
    assert.equal(bed.dropletIDs.length, 40);
    assert.equal(bed.controller.overview().ready, 40);
  });
});
