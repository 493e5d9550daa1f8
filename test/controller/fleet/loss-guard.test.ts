import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../../src/adapters/system/virtual-clock.ts';
import { LossGuard } from '../../../src/controller/fleet/loss-guard.ts';
import type { Hold } from '../../../src/model/fleet-state.ts';
import { type ResourceKey, resourceKey } from '../../../src/model/resource-key.ts';
import { passTime } from '../../lab/pass-time.ts';

function bed(present: number, kind: Hold['kind'] = 'recreate') {
  const clock = new VirtualClock(0);
  let told = 0;
  const guard = new LossGuard(clock, kind, () => {
    told += 1;
  });
  const keys = Array.from({ length: present }, (_, index) => resourceKey('default', `b${index}`));
  for (const key of keys) guard.known(key);
  const pass = (ms: number) => passTime(clock, ms);
  const held = () => guard.hold()?.keys.length ?? 0;
  const lose = (from: number, to: number) => {
    for (const key of keys.slice(from, to)) guard.lost(key);
  };
  return { guard, keys, pass, held, lose, told: () => told };
}

describe('LossGuard', () => {
  it('holds all that were lost once they are more than half and more than three', () => {
    const { held, lose, guard } = bed(10);
    lose(0, 5);
    assert.equal(held(), 0);
    lose(5, 6);
    assert.equal(held(), 6);
    assert.equal(guard.hold()?.before, 10);
  });

  it('makes up for the lost droplets of a small fleet: three of three is no mass', () => {
    const { held, lose } = bed(3);
    lose(0, 3);
    assert.equal(held(), 0);
  });

  it('forgets losses after ten minutes', () => {
    const { held, lose, pass } = bed(10);
    lose(0, 5);
    pass(600_000);
    lose(5, 6);
    assert.equal(held(), 0);
  });

  it('counts what was dealt with meanwhile, but holds only what is still missing', () => {
    const { held, lose, guard, keys } = bed(10);
    lose(0, 5);
    for (const key of keys.slice(0, 5)) guard.present(key);
    lose(5, 6);
    assert.equal(held(), 1);
  });

  it('counts what is gone for good, and does not hold it', () => {
    const { held, lose, guard, keys } = bed(6);
    for (const key of keys.slice(0, 3)) {
      guard.lost(key);
      guard.forget(key);
    }
    lose(3, 4);
    assert.deepEqual(guard.hold()?.keys, [keys[3]]);
    guard.forget(keys[3] as ResourceKey);
    assert.equal(held(), 0);
  });

  it('holds suspects at once when they are many, and lets go of each that is found alive', () => {
    const { held, guard, keys } = bed(10);
    guard.suspect(keys.slice(0, 5));
    assert.equal(held(), 0);
    guard.suspect(keys.slice(0, 6));
    assert.equal(held(), 6);
    guard.present(keys[0] as ResourceKey);
    assert.equal(held(), 5);
  });

  it('goes on counting suspects that proved lost', () => {
    const { held, guard, keys, lose } = bed(10);
    guard.suspect(keys.slice(0, 6));
    lose(0, 6);
    lose(6, 10);
    assert.equal(held(), 10);
  });

  it('does not let go of what is merely on record', () => {
    const { held, guard, keys, lose } = bed(4);
    lose(0, 4);
    for (const key of keys) guard.known(key);
    assert.equal(held(), 4);
  });

  it('takes a loss back that was none', () => {
    const { held, guard, keys, lose } = bed(10);
    lose(0, 5);
    guard.returned(keys[0] as ResourceKey);
    lose(5, 6);
    assert.equal(held(), 0);
  });

  it('counts a loss once, however often it is told', () => {
    const { held, guard, keys } = bed(8);
    for (let times = 0; times < 9; times += 1) guard.lost(keys[0] as ResourceKey);
    assert.equal(held(), 0);
  });

  it('frees what is confirmed, and counts it no more', () => {
    const { held, guard, keys, lose } = bed(10);
    lose(0, 6);
    assert.deepEqual(guard.restore(undefined, keys.slice(0, 6)), keys.slice(0, 6));
    assert.equal(held(), 0);
    lose(6, 7);
    assert.equal(held(), 0);
  });

  it('takes up a stored hold once: later readings of an old one bring nothing back', () => {
    const { held, guard, keys } = bed(6);
    const hold = {
      kind: 'recreate',
      since: '2026-03-01T12:00:00Z',
      keys: keys.slice(0, 5),
      before: 6,
    } as const;
    guard.restore(hold, []);
    assert.equal(held(), 5);
    assert.equal(guard.hold()?.since, hold.since);
    guard.present(keys[0] as ResourceKey);
    guard.restore(hold, []);
    assert.equal(held(), 4);
  });

  it('tells of a change of the hold, and of nothing else', () => {
    const { told, lose, guard, keys } = bed(10);
    lose(0, 5);
    assert.equal(told(), 0);
    lose(5, 6);
    assert.equal(told(), 1);
    guard.present(keys[9] as ResourceKey);
    assert.equal(told(), 1);
    guard.present(keys[0] as ResourceKey);
    assert.equal(told(), 2);
  });

  it('holds also what was lost just before most of the others were seized', () => {
    const { guard, keys, held, lose } = bed(10);
    lose(0, 2);
    assert.equal(held(), 0);
    for (const key of keys.slice(2, 8)) guard.seize(key);
    assert.equal(held(), 8);
    assert.equal(guard.hold()?.before, 10);
  });

  it('holds what is seized however few they are, and lets go what is confirmed', () => {
    const { guard, keys, held } = bed(2);
    for (const key of keys) guard.seize(key);
    assert.equal(held(), 2);
    assert.equal(guard.hold()?.before, 2);
    assert.deepEqual(guard.restore(guard.hold(), keys.slice(0, 1)), keys.slice(0, 1));
    for (const key of keys) guard.seize(key);
    assert.deepEqual(guard.hold()?.keys, keys.slice(1));
  });
});

describe('LossGuard of the last bots of a source', () => {
  const tenMinutes = 600_000;

  for (const count of [1, 2, 3])
    it(`holds ${count} of ${count}, for ten minutes`, () => {
      const { held, lose, guard } = bed(count, 'delete');
      lose(0, count);
      assert.equal(held(), count);
      assert.equal(guard.lapse?.at, tenMinutes);
      assert.equal(guard.hold()?.until, new Date(tenMinutes).toISOString());
      assert.equal(guard.hold()?.before, count);
    });

  it('holds a larger fleet as a mass loss, without end', () => {
    const { held, lose, guard } = bed(4, 'delete');
    lose(0, 4);
    assert.equal(held(), 4);
    assert.equal(guard.lapse, undefined);
    assert.equal(guard.hold()?.until, undefined);
  });

  it('lets one go while others stay', () => {
    const { held, lose } = bed(3, 'delete');
    lose(0, 2);
    assert.equal(held(), 0);
  });

  it('holds those lost just before the last one, but not those that are gone', () => {
    const { held, lose, guard, keys } = bed(3, 'delete');
    lose(0, 2);
    guard.forget(keys[0] as ResourceKey);
    lose(2, 3);
    assert.equal(held(), 2);
    assert.equal(guard.hold()?.before, 3);
  });

  it('begins the ten minutes again with each that goes, comes back and goes, or when nobody could look', () => {
    const { lose, guard, keys, pass } = bed(2, 'delete');
    lose(0, 2);
    pass(60_000);
    guard.returned(keys[0] as ResourceKey);
    lose(0, 1);
    assert.equal(guard.lapse?.at, 60_000 + tenMinutes);
    pass(60_000);
    guard.postpone();
    assert.equal(guard.lapse?.at, 120_000 + tenMinutes);
  });

  it('has no end any more once a bot of it is seized, nor gets one again', () => {
    const { lose, guard, keys, told } = bed(3, 'delete');
    lose(0, 3);
    const before = told();
    guard.seize(keys[0] as ResourceKey);
    assert.equal(guard.hold()?.until, undefined);
    assert.equal(told(), before + 1);
    guard.returned(keys[1] as ResourceKey);
    lose(1, 2);
    assert.equal(guard.lapse, undefined);
    assert.equal(guard.hold()?.keys.length, 3);
  });

  it('has no end any more once it has grown to a mass loss', () => {
    const { lose, guard, keys } = bed(3, 'delete');
    lose(0, 3);
    const fourth = resourceKey('default', 'late');
    guard.returned(fourth);
    guard.lost(fourth);
    assert.equal(guard.hold()?.keys.length, keys.length + 1);
    assert.equal(guard.lapse, undefined);
  });

  it('takes up a stored hold for ten minutes more, and says so', () => {
    const { guard, keys, told, pass } = bed(1, 'delete');
    pass(5_000);
    guard.restore(
      {
        kind: 'delete',
        since: '1970-01-01T00:00:00.000Z',
        keys,
        before: 1,
        until: '1970-01-01T00:10:00.000Z',
      },
      [],
    );
    assert.equal(guard.hold()?.until, new Date(5_000 + tenMinutes).toISOString());
    assert.equal(told(), 1);
  });
});
