import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../../src/adapters/system/virtual-clock.ts';
import { InDoubtTracker } from '../../../src/controller/memory/in-doubt-tracker.ts';
import { passTime } from '../../lab/pass-time.ts';

function bed() {
  const clock = new VirtualClock(0);
  const pass = (ms: number) => passTime(clock, ms);
  return { clock, pass, book: new InDoubtTracker(clock, 120_000) };
}

describe('DoubtBook', () => {
  it('counts from the first mention, not from any later one', () => {
    const { book, pass } = bed();
    book.watch('bot', 'a');
    pass(5_000);
    assert.equal(book.watch('bot', 'a').elapsedMs, 5_000);
  });

  it('takes a look-up for one after the window only if it began after its end', () => {
    const { book, pass, clock } = bed();
    book.watch('bot', 'a');
    pass(119_999);
    book.lookedUp('bot', 'a', clock.monotonic());
    assert.equal(book.watch('bot', 'a').lookedAfterWindow, false);
    pass(1);
    book.lookedUp('bot', 'a', clock.monotonic() - 1);
    assert.equal(book.watch('bot', 'a').lookedAfterWindow, false);
    book.lookedUp('bot', 'a', clock.monotonic());
    assert.deepEqual(book.watch('bot', 'a'), {
      elapsedMs: 120_000,
      lookUps: 3,
      sinceLastLookMs: 0,
      lookedAfterWindow: true,
    });
  });

  it('begins anew when the doubt arises anew, or is forgotten', () => {
    const { book, pass, clock } = bed();
    book.watch('bot', 'a');
    pass(130_000);
    book.lookedUp('bot', 'a', clock.monotonic());
    book.restart('bot', 'a');
    assert.deepEqual(book.watch('bot', 'a'), {
      elapsedMs: 0,
      lookUps: 0,
      sinceLastLookMs: undefined,
      lookedAfterWindow: false,
    });
    pass(10);
    book.retain('bot', ['b']);
    assert.equal(book.watch('bot', 'a').elapsedMs, 0);
  });

  it('retains what is still in doubt, and nothing of a bot that is settled or gone', () => {
    const { book, pass } = bed();
    book.watch('bot', 'a');
    book.watch('bot', 'b');
    book.watch('other', 'a');
    pass(10);
    book.retain('bot', ['b']);
    assert.equal(book.watch('bot', 'b').elapsedMs, 10);
    book.retain('bot', []);
    assert.equal(book.size, 1);
    assert.equal(book.watch('other', 'a').elapsedMs, 10);
  });
});
