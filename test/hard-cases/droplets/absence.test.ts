import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { FleetBed } from '../fleet-bed.ts';

const minute = 60_000;
const list = { method: 'GET', path: '/v2/droplets' };
const get = { method: 'GET', path: '/v2/droplets/*' };

async function fleetOf(test: TestContext, bots: number): Promise<FleetBed> {
  const bed = new FleetBed(test, { cloud: { dropletLimit: 200 }, engine: { maxConcurrentCreates: 50 } });
  bed.bots(bots);
  await bed.started(3 * minute);
  assert.equal(bed.controller.overview().ready, bots);
  return bed;
}

/** Every droplet is the one it was, its bot is Ready, and nothing is held. */
async function isUnharmed(bed: FleetBed, bots: number): Promise<void> {
  await bed.pass(10 * minute);
  assert.equal(bed.births, bots);
  assert.equal(bed.destroys, 0);
  assert.equal(bed.controller.overview().ready, bots);
  assert.deepEqual(bed.source.fleet().state.holds, []);
}

const lies = [
  ['404s and lists without any droplet', {}],
  ['404s', { match: get }],
  ['lists without any droplet', { match: list }],
  ['404s and lists without every other droplet', { droplets: { every: 2 } }],
] as const;

for (const bots of [1, 3, 50]) {
  describe(`twenty seconds of wrong answers, with ${bots} bots`, () => {
    for (const [what, lie] of lies) {
      it(`while a reboot looks at each droplet: ${what}`, async (test) => {
        const bed = await fleetOf(test, bots);
        bed.simulator.faults.order({ effect: 'hide', forMs: 20_000, ...lie });
        bed.bots(bots, { rebootRequest: 'one' });
        await bed.changed(minute);
        await isUnharmed(bed, bots);
      });

      it(`at the start: ${what}`, async (test) => {
        const bed = await fleetOf(test, bots);
        bed.kill();
        bed.simulator.faults.order({ effect: 'hide', forMs: 20_000, ...lie });
        await bed.started();
        await isUnharmed(bed, bots);
      });

      it(`while the controller starts again and again: ${what}`, async (test) => {
        const bed = await fleetOf(test, bots);
        bed.simulator.faults.order({ effect: 'hide', forMs: 20_000, ...lie });
        for (let starts = 0; starts < 5; starts += 1) await bed.restarted(5_000);
        await isUnharmed(bed, bots);
      });
    }
  });
}

describe('a droplet that is gone', () => {
  for (const bots of [1, 3, 50]) {
    it(`is made good, once, within the absence window and ten seconds, with ${bots} bots`, async (test) => {
      const bed = await fleetOf(test, bots);
      bed.simulator.destroy(bed.dropletID('bot0'));
      const lostAt = bed.clock.monotonic();
      await bed.until(() => bed.births > bots, minute, 'a new droplet');
      const tookMs = bed.clock.monotonic() - lostAt;
      assert.ok(tookMs >= 30_000 && tookMs <= 40_000, `${tookMs / 1000} s`);
      await bed.pass(10 * minute);
      assert.equal(bed.births, bots + 1);
      assert.equal(bed.controller.overview().ready, bots);
      assert.deepEqual(bed.simulator.lives.overlaps(), []);
    });
  }
});

describe('a droplet that was wrongly believed gone', () => {
  it('is there again before the second 404: nothing happens, and the next loss is judged from its beginning', async (test) => {
    const bed = await fleetOf(test, 3);
    const hidden = { droplets: { ids: [bed.dropletID('bot0')] } };
    for (let times = 0; times < 10; times += 1) {
      bed.simulator.faults.order({ effect: 'hide', forMs: 25_000, ...hidden });
      await bed.pass(40_000);
    }
    await isUnharmed(bed, 3);
  });

  it('is no more missed where a listing shows it, however often GET answers 404', async (test) => {
    const bed = await fleetOf(test, 3);
    const hidden = { droplets: { ids: [bed.dropletID('bot0')] }, match: get };
    bed.simulator.faults.order({ effect: 'hide', forMs: 10 * minute, ...hidden });
    bed.bot('bot0', { rebootRequest: 'one' });
    await bed.changed(10 * minute);
    await isUnharmed(bed, 3);
  });

  it('is there again after its successor was made: both stay until a person says which one goes', async (test) => {
    const bed = await fleetOf(test, 3);
    const first = bed.dropletID('bot0');
    bed.simulator.faults.order({ effect: 'hide', forMs: 90_000, droplets: { ids: [first] } });
    await bed.pass(15 * minute);
    assert.equal(bed.births, 4);
    assert.equal(bed.dropletIDs.length, 4);
    assert.equal(bed.ready('bot0'), 'False FleetForked');
    await bed.resolve('bot0', first);
    await bed.pass(5 * minute);
    assert.equal(bed.dropletIDs.length, 3);
    assert.equal(bed.dropletID('bot0'), first);
    assert.equal(bed.controller.overview().ready, 3);
    assert.deepEqual(bed.source.fleet().state.holds, []);
  });
});

describe('an outage of minutes', () => {
  for (const bots of [3, 50]) {
    it(`makes nothing, and is over with it, with ${bots} bots`, async (test) => {
      const bed = await fleetOf(test, bots);
      bed.simulator.faults.order({ effect: 'hide', forMs: 9 * minute });
      await bed.pass(5 * minute);
      assert.equal(bed.ready('bot0'), 'False CloudIncident');
      await bed.restarted(3 * minute);
      assert.equal(bed.births, bots);
      await isUnharmed(bed, bots);
    });
  }

  it('is told once, and named to whoever asks', async (test) => {
    const bed = await fleetOf(test, 3);
    const before = bed.logs.length;
    bed.simulator.faults.order({ effect: 'hide', forMs: 2 * minute });
    await bed.pass(5 * minute);
    const told = bed.logs.slice(before).filter((line) => line.includes('missing from a listing'));
    assert.equal(told.length, 1);
  });

  it('stops what nobody asked for, and a bot that is new; neither the deletion nor the power that a person wants', async (test) => {
    const bed = await fleetOf(test, 6);
    const ids = ['bot0', 'bot1', 'bot2'].map((name) => bed.dropletID(name));
    bed.simulator.faults.order({ effect: 'hide', forMs: 8 * minute, droplets: { ids } });
    await bed.pass(20_000);
    bed.bot('bot4', { powerState: 'Stopped' });
    bed.undeclare('bot5.yaml');
    bed.bot('late');
    await bed.changed(3 * minute);
    assert.equal(bed.births, 6);
    assert.equal(bed.ready('late'), 'False CloudIncident');
    assert.equal(bed.ready('bot4'), 'True Stopped');
    assert.equal(bed.dropletIDs.length, 5);
    await bed.pass(15 * minute);
    assert.equal(bed.ready('late'), 'True Running');
    assert.equal(bed.find('bot5'), undefined);
    assert.equal(bed.births, 7);
    assert.equal(bed.dropletIDs.length, 6);
  });
});

describe('an incident in which all bots are redeployed', () => {
  it('goes on: nothing is made beside what lives', async (test) => {
    const bed = await fleetOf(test, 2);
    bed.simulator.faults.order({ effect: 'hide', forMs: 3 * minute });
    bed.bots(2, { redeployRequest: 'one' });
    await bed.changed(2 * minute);
    assert.equal(bed.births, 2);
    await bed.pass(5 * minute);
    assert.deepEqual([bed.births, bed.dropletIDs.length], [4, 2]);
    assert.deepEqual(bed.simulator.lives.overlaps(), []);
  });
});

describe('lists that lack droplets which GET shows', () => {
  it('create nothing for bots that a restored state has never seen', async (test) => {
    const bed = await fleetOf(test, 3);
    const copy = bed.backUp();
    bed.bots(6);
    await bed.changed(3 * minute);
    assert.equal(bed.births, 6);
    bed.kill();
    bed.simulator.faults.order({ effect: 'hide', forMs: 2 * minute, match: list });
    await bed.wentBack(copy, 10 * minute);
    assert.equal(bed.births, 6);
    assert.deepEqual(bed.simulator.lives.overlaps(), []);
    assert.equal(bed.controller.overview().bots, 6);
  });
});
