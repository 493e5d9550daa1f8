import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { SlidingWindow } from '../../../../src/adapters/digitalocean/budget/sliding-window.ts';

const width = 100;

test('a cancelled call leaves a hole that never makes the answer late or puts it in the past', () => {
  const window = new SlidingWindow(4, width);
  window.take(0);
  const given = window.take(10);
  window.take(20);
  window.take(30);
  window.cancel(given);
  assert.equal(window.used(40), 3);
  assert.equal(window.freeAt(40, 1, 0), 40);
  assert.equal(window.freeAt(40, 2, 0), 100);
  const third = window.freeAt(40, 3, 0);
  assert.ok(third >= 100 && third <= 120, String(third));
});

test('it counts like a plain list of times, whatever is taken, cancelled and waited', () => {
  const step = fc.oneof(
    fc.record({ what: fc.constant('take' as const), by: fc.nat(40) }),
    fc.record({ what: fc.constant('cancel' as const), by: fc.nat(500) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 700 }), (steps) => {
      const window = new SlidingWindow(1_000, width);
      const taken: { at: number; slot: number; live: boolean }[] = [];
      let now = 0;
      for (const { what, by } of steps) {
        if (what === 'take') {
          now += by;
          taken.push({ at: now, slot: window.take(now), live: true });
        } else {
          const place = taken[by % Math.max(1, taken.length)];
          if (place?.live && place.at + width > now) window.cancel(place.slot);
          if (place) place.live = false;
        }
        // A place given back after it expired counts for nothing either way.
        const expected = taken.filter(({ at, live }) => live && at + width > now).length;
        assert.equal(window.used(now), expected);
      }
    }),
  );
});
