import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FleetView } from '../../../src/controller/cloud/fleet-view.ts';
import type { Droplet } from '../../../src/ports/cloud.ts';
import { dropletOf, uid } from '../../decide/input-builder.ts';

const one = (id: number, changes: Partial<Droplet> = {}) => dropletOf({ id, ...changes });

describe('FleetView', () => {
  it('proves no absence by a listing: a droplet that it misses is merely unlisted', () => {
    const view = new FleetView();
    view.takeListing([one(1), one(2)], 0);
    assert.deepEqual(view.takeListing([one(1)], 10), [2]);
    assert.equal(view.sight(2, 0).kind, 'unlisted');
    assert.equal(view.sight(1, 0).kind, 'seen');
    assert.equal(view.sight(3, 0).kind, 'unlooked');
  });

  it('offers listings the droplet of an earlier one, which shares its texts with others, not that of an answer', () => {
    const view = new FleetView();
    view.observe(one(1), 0, 'answer');
    assert.equal(view.listed(1), undefined);
    const first = one(1);
    assert.deepEqual(view.takeListing([first], 10), []);
    assert.equal(view.listed(1), first);
    assert.deepEqual(view.takeListing([first], 20), []);
    assert.equal(view.droplet(1), first);
  });

  it('takes a droplet that is listed as it was known for one seen anew', () => {
    const view = new FleetView();
    const known = one(1);
    view.takeListing([known], 0);
    view.takeListing([known], 20);
    assert.equal(view.observe(one(1, { status: 'off' }), 10, 'read'), false);
    view.markDoubtful(1);
    assert.deepEqual(view.takeListing([known], 30), [1]);
    assert.equal(view.sight(1, 0).kind, 'seen');
  });

  it('tells of a missing droplet once', () => {
    const view = new FleetView();
    view.takeListing([one(1), one(2)], 0);
    view.takeListing([one(1)], 10);
    assert.deepEqual(view.takeListing([one(1)], 20), []);
  });

  it('misses a droplet although a dead one is still listed in its place', () => {
    const view = new FleetView();
    view.takeListing([one(1), one(2), one(3)], 0);
    view.bury(3, 5);
    assert.deepEqual(view.takeListing([one(1), one(3)], 10), [2]);
  });

  it('forgets an hour later which were dead: then only a GET tells', () => {
    const view = new FleetView();
    view.takeListing([one(1)], 0);
    view.bury(1, 5);
    view.takeListing([one(1)], 3_600_000);
    assert.equal(view.sight(1, 0).kind, 'gone');
    view.takeListing([], 3_600_006);
    assert.equal(view.sight(1, 0).kind, 'unlooked');
  });

  it('keeps our own newer answer over an older listing', () => {
    const view = new FleetView();
    view.takeListing([one(1)], 0);
    view.observe(one(1, { status: 'off' }), 20, 'read');
    view.takeListing([one(1)], 15);
    const sight = view.sight(1, 0);
    assert.equal(sight.kind === 'seen' && sight.droplet.status, 'off');
    assert.equal(view.observe(one(1), 10, 'read'), false);
  });

  it('does not miss a droplet that was read after the listing had begun', () => {
    const view = new FleetView();
    view.takeListing([one(1), one(2)], 0);
    view.observe(one(2), 12, 'read');
    assert.deepEqual(view.takeListing([one(1)], 10), []);
  });

  it('tells which the newest listing lacks, whatever GET says of them, unless rows of it cannot be read', () => {
    const view = new FleetView();
    view.takeListing([one(1), one(2)], 0);
    view.takeListing([one(1)], 10);
    view.observe(one(2), 20, 'read');
    assert.deepEqual([view.lives(2), view.isLacked(1), view.isLacked(2)], [true, false, true]);
    view.takeListing([one(1)], 30, false);
    assert.equal(view.isLacked(2), false);
    view.takeListing([one(1), one(2)], 40);
    assert.equal(view.isLacked(2), false);
  });

  it('allows a droplet that was never listed 30 s to appear', () => {
    const view = new FleetView();
    view.takeListing([], 0);
    view.observe(one(1), 1_000, 'answer');
    assert.deepEqual(view.takeListing([], 31_000), []);
    assert.deepEqual(view.takeListing([], 31_001), [1]);
  });

  it('takes the answer to a create for no proof that it was seen', () => {
    const view = new FleetView();
    view.observe(one(1), 0, 'answer');
    assert.equal(view.wasSeen(1), false);
    assert.deepEqual(view.sight(1, 0), { kind: 'seen', droplet: one(1), proven: false, confirmed: false });
    view.observe(one(1), 1, 'read');
    assert.deepEqual(view.sight(1, 0), { kind: 'seen', droplet: one(1), proven: true, confirmed: false });
  });

  it('brings a buried id back by a GET alone, begun after it was buried', () => {
    const view = new FleetView();
    view.takeListing([one(1)], 0);
    view.bury(1, 5);
    view.observe(one(1), 5, 'read');
    view.takeListing([one(1)], 60);
    assert.equal(view.sight(1, 0).kind, 'gone');
    assert.deepEqual(view.ofUID(uid), []);
    assert.equal(view.observe(one(1), 61, 'read'), true);
    assert.equal(view.sight(1, 0).kind, 'seen');
  });

  it('names what a listing shows although it is believed gone, once no listing lags so long', () => {
    const view = new FleetView();
    view.bury(1, 0);
    assert.deepEqual(view.returning([one(1)], 59_999), []);
    assert.deepEqual(view.returning([one(1), one(2)], 60_000), [1]);
  });

  it('counts 404s from the first to the last, and whether a listing begun since lacks the droplet', () => {
    const view = new FleetView();
    view.takeListing([one(1)], 0);
    assert.equal(view.markMissing(1, 10), true);
    assert.equal(view.markMissing(1, 40), false);
    assert.deepEqual(view.miss(1, 45), { spanMs: 30, agoMs: 5, unlisted: false });
    assert.equal(view.awaitsListing, true);
    view.takeListing([], 10);
    assert.equal(view.miss(1, 45)?.unlisted, false);
    view.takeListing([], 11);
    assert.equal(view.miss(1, 45)?.unlisted, true);
    assert.equal(view.lives(1), false);
  });

  it('keeps the 404s of a droplet whose end was ordered: a listing may show it for a while', () => {
    const view = new FleetView();
    view.takeListing([one(1)], 0);
    view.condemn(1);
    view.markMissing(1, 10);
    view.takeListing([one(1)], 20);
    view.markMissing(1, 30);
    assert.deepEqual(view.miss(1, 30), { spanMs: 20, agoMs: 0, unlisted: false });
  });

  it('forgets the 404s of a droplet that a GET or a later listing shows', () => {
    for (const show of [
      (view: FleetView) => view.observe(one(1), 20, 'read'),
      (view: FleetView) => view.takeListing([one(1)], 20),
    ]) {
      const view = new FleetView();
      view.takeListing([one(1)], 0);
      view.markMissing(1, 10);
      show(view);
      assert.equal(view.sight(1, 30).kind, 'seen');
      view.markMissing(1, 40);
      assert.equal(view.miss(1, 40)?.spanMs, 0);
    }
  });

  it('finds what was made for a bot of a key, whatever its uid was', () => {
    const view = new FleetView();
    const tag = `key-${'a'.repeat(40)}`;
    view.takeListing([one(1, { name: 'web-1', tags: [tag] }), one(2, { name: 'web-2', tags: [] })], 0);
    assert.deepEqual(
      view.ofKeyTag(tag).map(({ id }) => id),
      [1],
    );
    view.takeListing([one(1, { name: 'web-1', tags: [] })], 10);
    assert.deepEqual(view.ofKeyTag(tag), []);
  });

  it('finds the droplets of a uid by exact name, through renames', () => {
    const view = new FleetView();
    view.takeListing([one(1), one(2)], 0);
    assert.deepEqual(
      view.ofUID(uid).map(({ id }) => id),
      [1, 2],
    );
    view.observe(one(1, { name: 'web-1' }), 5, 'read');
    assert.deepEqual(
      view.ofUID(uid).map(({ id }) => id),
      [2],
    );
    assert.equal(view.uidOf(1), undefined);
    assert.deepEqual(
      view
        .tagged(`bot-${uid}`)
        .map(({ id }) => id)
        .sort(),
      [1, 2],
    );
  });

  it('tells only of what changed', () => {
    const view = new FleetView();
    assert.deepEqual(view.takeListing([one(1), one(2)], 0), [1, 2]);
    assert.deepEqual(view.takeListing([one(1), one(2, { status: 'off' })], 10), [2]);
    assert.deepEqual(view.takeListing([one(2, { status: 'off' }), one(1)], 20), []);
  });
});
