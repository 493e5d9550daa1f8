import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InDoubtTracker } from '../../../src/controller/memory/in-doubt-tracker.ts';
import { FleetBed } from '../fleet-bed.ts';

const post = { method: 'POST', path: '/v2/droplets' };

describe('what the controller remembers', () => {
  it('of doubts is nothing once every bot is settled or gone', async (test) => {
    const books = new Set<InDoubtTracker>();
    const { watch } = InDoubtTracker.prototype;
    test.mock.method(
      InDoubtTracker.prototype,
      'watch',
      function (this: InDoubtTracker, uid: string, subject: string) {
        books.add(this);
        return watch.call(this, uid, subject);
      },
    );
    const bed = new FleetBed(test, {
      faults: [
        { effect: 'cutAfter', match: post, nth: 1 },
        { effect: 'cutBefore', match: { method: 'POST', path: '/v2/droplets/*/actions' }, nth: 1 },
      ],
    });
    bed.bots(4);
    await bed.started();
    bed.bot('bot0', { rebootRequest: 'one' });
    bed.bot('bot1', { redeployRequest: 'one' });
    bed.undeclare('bot2.yaml');
    await bed.changed(300_000);
    assert.equal(bed.controller.overview().ready, 3);
    assert.deepEqual(
      [...books].map((book) => book.size),
      [0],
    );
  });
});
