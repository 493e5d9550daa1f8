import assert from 'node:assert/strict';
import test from 'node:test';
import { ScanSchedule } from '../../../../src/adapters/directory/files/scan-schedule.ts';
import { virtualClock } from '../../digitalocean/virtual-clock.ts';

test('regular looks leave 300 times their own work between them, and never less than asked for', async () => {
  const clock = virtualClock();
  const looks: number[] = [];
  let lookMs = 20;
  const look = () => {
    looks.push(clock.monotonic());
    lookMs = 200;
  };
  const schedule = new ScanSchedule({ clock, everyMs: 30_000, lookMs: () => lookMs, look, glance: () => {} });
  schedule.start();
  await clock.advance(100_000);
  schedule.stop();
  assert.deepEqual(looks, [30_000, 90_000]);
});

test('many changed files are read in parts, between which other things get their turn', async () => {
  const clock = virtualClock();
  const told: string[] = [];
  const glance = (paths: ReadonlySet<string>) => void told.push(`${paths.size} files`);
  const schedule = new ScanSchedule({ clock, everyMs: 30_000, lookMs: () => 0, look: () => {}, glance });
  for (let file = 0; file < 250; file += 1) schedule.fileChanged(`${file}.yaml`);
  clock.schedule(4, () => told.push('another’s turn'));
  await clock.advance(100);
  schedule.stop();
  assert.deepEqual(told, ['100 files', 'another’s turn', '100 files', '50 files']);
});
