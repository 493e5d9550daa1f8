import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DoubtBook } from '../../../src/controller/memory/doubt-book.ts';
import { FleetBed } from '../fleet-bed.ts';

const post = { method: 'POST', path: '/v2/droplets' };

describe('what the controller remembers', () => {
  it('of doubts is nothing once every bot is settled or gone', async (test) => {
    const books = new Set<DoubtBook>();
    const { watch } = DoubtBook.prototype;
    test.mock.method(DoubtBook.prototype, 'watch', function (this: DoubtBook, uid: string, subject: string) {
      books.add(this);
      return watch.call(this, uid, subject);
    });
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
