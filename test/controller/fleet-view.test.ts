import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FleetView } from '../../src/controller/fleet-view.ts';
import type { Droplet } from '../../src/ports/cloud.ts';
import { dropletOf, uid } from '../decide/input-builder.ts';

const one = (id: number, changes: Partial<Droplet> = {}) => dropletOf({ id, ...changes });

describe('FleetView', () => {
  it('proves no absence by a listing: a droplet that it misses is merely unlisted', () => {
    const view = new FleetView();
    view.takeListing([one(1), one(2)], 0);
    assert.deepEqual(view.takeListing([one(1)], 10), [2]);
    assert.equal(view.sight(2).kind, 'unlisted');
    assert.equal(view.sight(1).kind, 'seen');
    assert.equal(view.sight(3).kind, 'unlooked');
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
    assert.equal(view.sight(1).kind, 'seen');
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
    view.markGone(3, 5);
    assert.deepEqual(view.takeListing([one(1), one(3)], 10), [2]);
  });

  it('forgets an hour later which were dead: then only a GET tells', () => {
    const view = new FleetView();
    view.takeListing([one(1)], 0);
    view.markGone(1, 5);
    view.takeListing([one(1)], 3_600_000);
    assert.equal(view.sight(1).kind, 'gone');
    view.takeListing([], 3_600_006);
    assert.equal(view.sight(1).kind, 'unlooked');
  });

  it('keeps our own newer answer over an older listing', () => {
    const view = new FleetView();
    view.takeListing([one(1)], 0);
    view.observe(one(1, { status: 'off' }), 20, 'read');
    view.takeListing([one(1)], 15);
    const sight = view.sight(1);
    assert.equal(sight.kind === 'seen' && sight.droplet.status, 'off');
    assert.equal(view.observe(one(1), 10, 'read'), false);
  });

  it('does not miss a droplet that was read after the listing had begun', () => {
    const view = new FleetView();
    view.takeListing([one(1), one(2)], 0);
    view.observe(one(2), 12, 'read');
    assert.deepEqual(view.takeListing([one(1)], 10), []);
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
    assert.deepEqual(view.sight(1), { kind: 'seen', droplet: one(1), proven: false });
    view.observe(one(1), 1, 'read');
    assert.deepEqual(view.sight(1), { kind: 'seen', droplet: one(1), proven: true });
  });

  it('never brings a dead id back, by whatever lags', () => {
    const view = new FleetView();
    view.takeListing([one(1)], 0);
    view.markGone(1, 5);
    view.observe(one(1), 50, 'read');
    view.takeListing([one(1)], 60);
    assert.equal(view.sight(1).kind, 'gone');
    assert.deepEqual(view.ofUID(uid), []);
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
