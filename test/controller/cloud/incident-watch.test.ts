import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../../src/adapters/system/virtual-clock.ts';
import { IncidentWatch } from '../../../src/controller/cloud/incident-watch.ts';
import { passTime } from '../../lab/pass-time.ts';

function bed(size: number) {
  const clock = new VirtualClock(0);
  const lines: string[] = [];
  const write = (_: object, message: string) => lines.push(message);
  const watch = new IncidentWatch(clock, { debug: write, info: write, warn: write, error: write });
  const all = Array.from({ length: size }, (_, index) => index + 1);
  const list = (lacking: number) => watch.listed(all, all.slice(0, lacking));
  return { watch, lines, list, pass: (ms: number) => passTime(clock, ms) };
}

describe('a listing', () => {
  for (const [lacking, size] of [
    [2, 3],
    [2, 5],
    [17, 50],
    [50, 50],
  ] as const) {
    it(`that lacks ${lacking} of ${size} droplets is an incident`, () => {
      const { watch, list } = bed(size);
      list(lacking);
      assert.match(watch.current?.message ?? '', new RegExp(`${lacking} of ${size} droplets are missing`));
    });
  }

  for (const [lacking, size] of [
    [0, 3],
    [1, 1],
    [1, 2],
    [2, 6],
    [16, 50],
  ] as const) {
    it(`that lacks ${lacking} of ${size} is none: the absence window is proof enough`, () => {
      const { watch, list } = bed(size);
      list(lacking);
      assert.equal(watch.current, undefined);
    });
  }
});

describe('an incident', () => {
  it('ends as soon as a listing shows one of its droplets again, and says so', async () => {
    const { watch, list, lines, pass } = bed(6);
    list(6);
    await pass(20_000);
    assert.equal(list(6), false);
    assert.equal(list(5), true);
    assert.equal(watch.current, undefined);
    assert.equal(lines.length, 2);
  });

  it('ends after ten minutes in which all look-ups agree, and the same loss is no news any more', async () => {
    const { watch, list, pass } = bed(6);
    list(3);
    await pass(599_999);
    list(3);
    assert.notEqual(watch.current, undefined);
    await pass(1);
    assert.equal(list(3), false);
    const alarms = [3, 6].map((lacking) => {
      list(lacking);
      return watch.current !== undefined;
    });
    assert.deepEqual(alarms, [false, true]);
  });

  it('is over, and nothing is shown again, once none of its droplets is on record any more', () => {
    const { watch } = bed(6);
    watch.listed([1, 2, 3], [1, 2]);
    assert.notEqual(watch.current, undefined);
    assert.equal(watch.listed([3], []), false);
    assert.equal(watch.current, undefined);
  });

  it('lasts ten minutes more when a GET has shown one of its droplets', async () => {
    const { watch, list, pass } = bed(6);
    list(3);
    await pass(300_000);
    watch.found(1);
    await pass(599_999);
    list(3);
    assert.notEqual(watch.current, undefined);
    await pass(1);
    list(3);
    assert.equal(watch.current, undefined);
  });

  it('is reported once, however often it is seen', async () => {
    const { list, lines, pass } = bed(50);
    for (let listings = 0; listings < 10; listings += 1) {
      list(40 + listings);
      await pass(10_000);
    }
    assert.equal(lines.length, 1);
  });

  it('begins with 404s within a minute for two droplets that a listing shows, not with one', async () => {
    const { watch, pass } = bed(50);
    watch.contradicted(1);
    watch.contradicted(1);
    await pass(60_000);
    watch.contradicted(2);
    assert.equal(watch.current === undefined, true);
    await pass(59_999);
    watch.contradicted(3);
    const { message = '' } = watch.current ?? {};
    assert.match(message, /2 droplets answer 404 that a listing shows/);
  });

  it('of 404s ends when a listing shows the droplets, or when it lacks them too', () => {
    for (const lacking of [0, 2]) {
      const { watch, list } = bed(50);
      watch.contradicted(1);
      watch.contradicted(2);
      list(lacking);
      assert.equal(watch.current, undefined, `lacking ${lacking}`);
    }
  });
});
