import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Agenda } from '../../../../src/adapters/simulator/world/cloud-time.ts';

test('appointments come in order of time, and of planning where times are equal', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 20 })), fc.nat({ max: 25 }), (times, now) => {
      const agenda = new Agenda();
      const ran: number[] = [];
      for (const [order, at] of times.entries()) agenda.plan(at, () => ran.push(order));
      for (let next = agenda.due(now); next !== undefined; next = agenda.due(now)) next.run();
      const expected = [...times.entries()].filter(([, at]) => at <= now).toSorted(([, a], [, b]) => a - b);
      assert.deepEqual(
        ran,
        expected.map(([order]) => order),
      );
    }),
  );
});
