import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { birthTag, requestTag } from '../../../src/model/birth.ts';
import { FleetBed } from '../fleet-bed.ts';

const minute = 60_000;
const post = { method: 'POST', path: '/v2/droplets' };

function told(bed: FleetBed, name: string, type: string): string {
  const found = bed.record(name).status.conditions?.find((condition) => condition.type === type);
  return found?.status === 'True' ? (found.message ?? '') : '';
}

describe('a droplet', () => {
  it('bears the number of its create and the request that it was made for, in the one call that makes it', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    assert.deepEqual(born(bed, 'heron'), [birthTag(1)]);
    bed.bot('heron', { redeployRequest: 'one' });
    await bed.changed(3 * minute);
    assert.deepEqual(born(bed, 'heron'), [birthTag(2), requestTag('one')]);
    bed.simulator.destroy(bed.dropletID('heron'));
    await bed.pass(3 * minute);
    assert.deepEqual(born(bed, 'heron'), [birthTag(3), requestTag('one')]);
    assert.equal(bed.creates, 3);
    assert.equal(bed.calls('POST /v2/tags/:tag/resources'), 0);
  });

  it('of a create that was answered late is destroyed once it shows; the recorded one stays', async (test) => {
    const bed = new FleetBed(test, {
      cloud: { listLagMs: 5 * minute },
      faults: [{ effect: 'cutAfter', match: post, nth: 1 }],
    });
    bed.bot('heron');
    await bed.started(4 * minute);
    const own = bed.dropletID('heron');
    assert.equal(bed.dropletIDs.length, 2);
    assert.ok(bed.tags(own).includes(birthTag(2)));
    await bed.pass(15 * minute);
    assert.deepEqual(bed.dropletIDs, [own]);
    assert.equal(bed.creates, 2);
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('of the recorded birth or a later one stops everything for its bot, and nothing for others', async (test) => {
    for (const birth of [undefined, 7]) {
      const bed = new FleetBed(test);
      bed.bots(2);
      await bed.started();
      const own = bed.dropletID('bot0');
      const rival = bed.sibling('bot0', birth);
      await bed.pass(minute);
      bed.bot('bot0', { redeployRequest: 'one', powerState: 'Stopped' });
      bed.bot('bot1', { redeployRequest: 'one' });
      await bed.changed(10 * minute);
      assert.equal(bed.ready('bot0'), 'False FleetForked');
      assert.match(told(bed, 'bot0', 'Stalled'), new RegExp(`${own}.*${rival}.*clawfleet resolve`));
      assert.ok([own, rival].every((id) => bed.dropletIDs.includes(id)));
      assert.equal(bed.simulator.droplets().find(({ id }) => id === own)?.status, 'active');
      assert.equal(bed.ready('bot1'), 'True Running');
      assert.equal(bed.births, 4);
      bed.close();
    }
  });

  for (const keeps of ['the recorded one', 'the other one']) {
    it(`of the recorded birth is settled by a person, who keeps ${keeps}`, async (test) => {
      const bed = new FleetBed(test);
      bed.bot('heron');
      await bed.started();
      const own = bed.dropletID('heron');
      const rival = bed.sibling('heron');
      await bed.pass(2 * minute);
      assert.equal(bed.destroys, 0);
      const kept = keeps === 'the recorded one' ? own : rival;
      await bed.resolve('heron', kept);
      await bed.pass(3 * minute);
      assert.deepEqual(bed.dropletIDs, [kept]);
      assert.equal(bed.dropletID('heron'), kept);
      assert.equal(bed.ready('heron'), 'True Running');
      assert.equal(bed.source.fleet().state.resolutions, undefined);
      bed.simulator.destroy(kept);
      await bed.pass(3 * minute);
      assert.ok(bed.tags(bed.dropletID('heron')).includes(birthTag(2)));
    });
  }

  it('of the recorded birth is not destroyed with its bot; once a person has decided, both go', async (test) => {
    const bed = new FleetBed(test);
    bed.bystander();
    bed.bot('heron');
    await bed.started();
    const own = bed.dropletID('heron');
    bed.sibling('heron');
    await bed.pass(minute);
    bed.undeclare('heron.yaml');
    await bed.changed(10 * minute);
    assert.equal(bed.destroys, 0);
    assert.equal(bed.ready('heron'), 'False FleetForked');
    await bed.resolve('heron', own);
    await bed.pass(5 * minute);
    assert.deepEqual(bed.dropletIDs, []);
    assert.equal(bed.find('heron'), undefined);
  });
});

describe('forty droplets that a person restores from snapshots, under the names of the bots', () => {
  for (const [what, tagsOf] of [
    ['without tags', () => []],
    ['with the fleet’s tags', (tags: readonly string[]) => tags.filter((tag) => !tag.startsWith('birth-'))],
    ['with every tag of the originals', (tags: readonly string[]) => tags],
  ] as const) {
    it(`are left alone, and so are the originals: ${what}`, async (test) => {
      const bed = new FleetBed(test, { cloud: { dropletLimit: 200 }, engine: { maxConcurrentCreates: 40 } });
      const names = bed.bots(40);
      await bed.started(3 * minute);
      const originals = names.map((name) => bed.dropletID(name));
      for (const name of names) {
        const { droplet } = bed.record(name).status;
        const id = droplet?.id ?? 0;
        bed.simulator.restoreByHand({
          names: [droplet?.name ?? ''],
          like: id,
          tags: [...tagsOf(bed.tags(id))],
        });
      }
      await bed.pass(30 * minute);
      await bed.restarted(10 * minute);
      assert.equal(bed.destroys, 0);
      assert.equal(bed.births, 80);
      assert.deepEqual(
        names.map((name) => bed.dropletID(name)),
        originals,
      );
    });
  }
});

describe('a droplet without a birth, as a person restores one', () => {
  it('is shown with what to do, is kept instead when a person says so, and survives its bot', async (test) => {
    const bed = new FleetBed(test);
    bed.bystander();
    bed.bots(2);
    await bed.started();
    const restored = ['bot0', 'bot1'].map((name) => {
      const own = bed.record(name).status.droplet;
      const tags = bed.tags(own?.id ?? 0).filter((tag) => !tag.startsWith('birth-'));
      return bed.simulator.restoreByHand({ names: [own?.name ?? ''], like: own?.id ?? 0, tags })[0]?.id ?? 0;
    });
    await bed.pass(2 * minute);
    assert.equal(bed.ready('bot0'), 'True Running');
    assert.match(told(bed, 'bot0', 'UnknownDroplet'), new RegExp(`${restored[0]}.*clawfleet resolve`));
    await bed.resolve('bot0', restored[0] ?? 0);
    bed.undeclare('bot1.yaml');
    await bed.changed(5 * minute);
    assert.equal(bed.dropletID('bot0'), restored[0]);
    assert.equal(bed.find('bot1'), undefined);
    assert.deepEqual(bed.dropletIDs, restored);
  });
});

/** The tags of the bot's droplet that tell where it comes from. */
function born(bed: FleetBed, name: string): string[] {
  return bed.tags(bed.dropletID(name)).filter((tag) => /^(birth|request)-/.test(tag));
}

describe('destructions that nobody asked for', () => {
  it('stay few though the wall clock is set forward meanwhile', async (test) => {
    const bed = new FleetBed(test);
    for (const name of ['heron', 'egret', 'stork']) await bed.rebornBot(name);
    const before = bed.destroys;
    for (const name of ['heron', 'egret']) bed.sibling(name, 1);
    await bed.pass(2 * 60_000);
    assert.equal(bed.destroys, before + 2);
    bed.wallAheadMs = 3_600_000;
    bed.sibling('stork', 1);
    await bed.pass(2 * 60_000);
    assert.equal(bed.destroys, before + 2);
    assert.equal(bed.ready('stork'), 'False DestructionHeld');
  });
});
