import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fleetTag, keyTag } from '../../../src/model/identity.ts';
import { resourceKey } from '../../../src/model/resource-key.ts';
import { FleetBed } from '../fleet-bed.ts';

const post = { method: 'POST', path: '/v2/droplets' };

describe('the attempt', () => {
  it('one call creates a bot', async (test) => {
    const bed = new FleetBed(test);
    const names = bed.bots(8);
    await bed.started();
    assert.deepEqual(
      names.map((name) => bed.ready(name)),
      names.map(() => 'True Running'),
    );
    assert.equal(bed.creates, 8);
    const looks = bed.simulator.journal
      .entries({ route: 'GET /v2/droplets' })
      .filter((entry) => entry.query.includes('name='));
    assert.equal(looks.filter((entry) => !entry.query.includes('tag_name=')).length, 0);
  });

  it('a lost answer is found by name, and nothing is made twice', async (test) => {
    for (const effect of ['cutAfter', 'hangAfter', 'brokenJSON', 'late'] as const) {
      const bed = new FleetBed(test, { faults: [{ effect, match: post, nth: 1, delayMs: 40_000 }] });
      bed.bot('heron');
      await bed.started(180_000);
      assert.equal(bed.ready('heron'), 'True Running', effect);
      assert.equal(bed.creates, 1, effect);
      bed.close();
    }
  });

  it('a lost request is sent anew only after the settling window and two whole look-ups', async (test) => {
    const bed = new FleetBed(test, { faults: [{ effect: 'cutBefore', match: post, nth: 1 }] });
    bed.bot('heron');
    await bed.started(119_000);
    assert.equal(bed.creates, 1);
    await bed.pass(30_000);
    assert.equal(bed.creates, 2);
    assert.equal(bed.ready('heron'), 'True Running');
    assert.deepEqual(bed.simulator.lives.overlaps(), []);
  });

  it('after a restart the window runs from when this process first saw the attempt, not from stored wall time', async (test) => {
    const bed = new FleetBed(test, { faults: [{ effect: 'cutBefore', match: post, nth: 1 }] });
    bed.bot('heron');
    await bed.started(110_000);
    await bed.restarted(110_000);
    assert.equal(bed.creates, 1);
    await bed.pass(30_000);
    assert.equal(bed.creates, 2);
  });

  it('refused with 422, or limited with any 429, is no doubt', async (test) => {
    const faults = [{ effect: 'status', status: 429, html: true, match: post, nth: 1 }] as const;
    const bed = new FleetBed(test, { faults: [...faults] });
    bed.bot('heron');
    await bed.started(5_000);
    assert.equal(bed.record('heron').status.createAttempt, undefined);
    await bed.pass(115_000);
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('a 5xx, or a refusal that is not DigitalOcean’s own JSON, is doubt', async (test) => {
    for (const fault of [{ status: 503 }, { status: 422, html: true }]) {
      const bed = new FleetBed(test, {
        faults: [{ effect: 'status', match: post, nth: 1, applied: true, ...fault }],
      });
      bed.bot('heron');
      await bed.started(30_000);
      assert.equal(bed.creates, 1);
      assert.equal(bed.ready('heron'), 'True Running');
      bed.close();
    }
  });

  it('an unknown image becomes the bot’s condition with the valid ones named, and no tight loop', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron', { droplet: { image: 'plan9-x64' } });
    await bed.started(50_000);
    assert.equal(bed.ready('heron'), 'False CreateRefused');
    assert.equal(bed.creates, 1);
    await bed.pass(3_600_000);
    assert.ok(bed.creates <= 7, `${bed.creates} creates within an hour`);
    bed.bot('heron', { droplet: { image: 'ubuntu-24-04-x64' } });
    await bed.changed(10_000);
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('more bots than slots are all created, never more than the slots allow at once', async (test) => {
    const bed = new FleetBed(test, { engine: { maxConcurrentCreates: 3 }, cloud: { bootMs: 20_000 } });
    bed.bots(12);
    await bed.start();
    for (let seconds = 0; seconds < 200; seconds += 1) {
      await bed.pass(1_000);
      assert.ok(bed.simulator.droplets().filter((droplet) => droplet.status === 'new').length <= 3);
    }
    assert.equal(bed.controller.overview().ready, 12);
  });
});

describe('absence', () => {
  it('a 404 proves it only for a droplet seen before, or older than the settling window', async (test) => {
    const bed = new FleetBed(test, { cloud: { getLagMs: 60_000, listLagMs: 60_000, bootMs: 5_000 } });
    bed.bot('heron');
    await bed.started(60_000);
    const gets = bed.calls('GET /v2/droplets/:id');
    assert.ok(gets <= 60, `${gets} GETs of a droplet that does not show for a minute`);
    await bed.pass(120_000);
    assert.equal(bed.creates, 1);
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('a placement that failed after its 202 is made good', async (test) => {
    const bed = new FleetBed(test, { cloud: { createFails: 1 } });
    bed.bot('heron');
    await bed.started(10_000);
    bed.simulator.change({ createFails: 0 });
    await bed.pass(300_000);
    assert.equal(bed.ready('heron'), 'True Running');
    assert.deepEqual(bed.simulator.lives.overlaps(), []);
  });

  it('a bot deleted with an open attempt keeps its finalizer until it is settled; what is found is destroyed', async (test) => {
    const bed = new FleetBed(test, {
      cloud: { listLagMs: 60_000 },
      faults: [{ effect: 'cutAfter', match: post, nth: 1 }],
    });
    bed.bot('heron');
    await bed.started(5_000);
    bed.bystander();
    bed.undeclare('heron.yaml');
    await bed.changed(20_000);
    assert.notEqual(bed.find('heron'), undefined);
    await bed.pass(180_000);
    assert.equal(bed.find('heron'), undefined);
    assert.deepEqual(bed.dropletIDs, []);
  });

  it('a droplet that turns up under a tombstone with policy Delete is destroyed', async (test) => {
    const bed = new FleetBed(test, {
      cloud: { listLagMs: 300_000 },
      faults: [{ effect: 'cutAfter', match: post, nth: 1 }],
    });
    bed.bot('heron');
    await bed.started(5_000);
    bed.bystander();
    bed.undeclare('heron.yaml');
    await bed.changed(200_000);
    assert.equal(bed.find('heron'), undefined);
    assert.equal(bed.dropletIDs.length, 1);
    await bed.pass(400_000);
    assert.deepEqual(bed.dropletIDs, []);
  });
});

describe('duplicates', () => {
  it('the recorded one stays, the rest are destroyed', async (test) => {
    const bed = new FleetBed(test);
    await bed.rebornBot('heron');
    const own = bed.dropletID('heron');
    bed.sibling('heron', 1);
    await bed.pass(120_000);
    assert.deepEqual(bed.dropletIDs, [own]);
    assert.equal(bed.ready('heron'), 'True Running');
  });
});

describe('whose fleet', () => {
  it('an empty state beside droplets of an unknown fleet creates nothing until told', async (test) => {
    const bed = new FleetBed(test);
    bed.create('openclaw-bot-somebody', ['openclaw', 'clawfleet-another1']);
    await bed.pass(5_000);
    bed.bot('heron');
    await bed.started();
    assert.equal(bed.ready('heron'), 'False UnknownFleet');
    assert.equal(bed.creates, 1);
  });

  it('a bot without a droplet takes over a fleet droplet with its key whose uid has no bot', async (test) => {
    const bed = new FleetBed(test);
    await bed.started(1_000);
    const tags = [
      'openclaw',
      fleetTag(bed.source.fleet().state.fleetID),
      keyTag(resourceKey('default', 'heron')),
    ];
    const id = bed.create('openclaw-bot-of-old', tags);
    await bed.pass(60_000);
    bed.bot('heron');
    await bed.changed();
    assert.equal(bed.creates, 1);
    assert.equal(bed.dropletID('heron'), id);
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('a droplet taken over is not rebuilt, and what differs by the cloud’s word is told', async (test) => {
    const bed = new FleetBed(test);
    await bed.started(1_000);
    const fleet = fleetTag(bed.source.fleet().state.fleetID);
    const id = bed.create('openclaw-bot-of-old', [
      'openclaw',
      fleet,
      keyTag(resourceKey('default', 'heron')),
    ]);
    await bed.pass(60_000);
    bed.bot('heron', { droplet: { region: 'fra1', replacePolicy: 'Automatic' } });
    await bed.changed();
    assert.equal(bed.dropletID('heron'), id);
    assert.equal(bed.ready('heron'), 'True Running');
    const needed = () =>
      bed.record('heron').status.conditions?.find(({ type }) => type === 'ReplacementNeeded')?.message ?? '';
    assert.match(needed(), /region is nyc3, declared fra1.*redeployRequest/);
    bed.bot('heron', { droplet: { region: 'fra1' }, redeployRequest: 'one' });
    await bed.changed();
    assert.equal(bed.simulator.droplets()[0]?.region, 'fra1');
    assert.equal(needed(), '');
  });

  it('a droplet with the key that is gone by now is created anew, without a loop of looks', async (test) => {
    const bed = new FleetBed(test, { engine: { sweepIntervalMs: 3_600_000 } });
    const tags = (fleet: string) => ['openclaw', fleetTag(fleet), keyTag(resourceKey('default', 'heron'))];
    await bed.started(1_000);
    const fleet = bed.source.fleet().state.fleetID;
    const id = bed.create('openclaw-bot-of-old', tags(fleet));
    await bed.restarted(10_000);
    bed.simulator.destroy(id);
    bed.bot('heron');
    await bed.changed(10_000);
    assert.equal(bed.ready('heron'), 'True Running');
    assert.equal(bed.logs.filter((line) => line.includes('no conclusion')).length, 0);
  });

  it('a fleet bound to another source makes no mutation', async (test) => {
    const bed = new FleetBed(test);
    await bed.started(1_000);
    const { state, version } = bed.source.fleet();
    const saved = bed.source.saveFleet({ ...state, boundTo: 'another directory' }, version);
    await bed.settle();
    await saved;
    bed.bot('heron');
    await bed.restarted();
    assert.equal(bed.ready('heron'), 'False FleetMismatch');
    assert.equal(bed.creates, 0);
  });
});
