import assert from 'node:assert/strict';
import test from 'node:test';
import { LookSchedule } from '../../src/adapters/directory/look-schedule.ts';
import { virtualClock } from '../digitalocean/virtual-clock.ts';

test('regular looks leave 300 times their own work between them, and never less than asked for', async () => {
  const clock = virtualClock();
  const looks: number[] = [];
  let lookMs = 20;
  const look = () => {
    looks.push(clock.monotonic());
    lookMs = 200;
  };
  const schedule = new LookSchedule({ clock, everyMs: 30_000, lookMs: () => lookMs, look, glance: () => {} });
  schedule.start();
  await clock.advance(100_000);
  schedule.stop();
  assert.deepEqual(looks, [30_000, 90_000]);
});
