import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { CloudSite } from '../../../src/controller/cloud/cloud-site.ts';
import { type RecordIndex, RecordIndexes } from '../../../src/controller/engine/record-indexes.ts';
import type { BotRecord } from '../../../src/model/records.ts';
import { FleetBed } from '../../hard-cases/fleet-bed.ts';

const bot = { key: 'default/alpha', uid: 'u1' } as Partial<BotRecord> as BotRecord;
const site = {} as Partial<CloudSite> as CloudSite;

/** An index that notes what it hears, and another that hears of nothing. */
function heardBy(use: (indexes: RecordIndexes) => void): string[] {
  const heard: string[] = [];
  const index: RecordIndex = {
    update: ({ key }) => heard.push(`update ${key}`),
    judgeDeletion: ({ key }) => heard.push(`judge ${key}`),
    stored: ({ key }, at) => heard.push(`stored ${key} ${at === site}`),
    passEnded: ({ key }) => heard.push(`ended ${key}`),
    released: ({ key }, at) => heard.push(`released ${key} ${at === site}`),
    remove: (key) => heard.push(`remove ${key}`),
  };
  use(new RecordIndexes([{}, index]));
  return heard;
}

describe('an index over the bots’ records', () => {
  it('hears of a record that came or changed, and then whether it goes', () => {
    const heard = heardBy((indexes) => indexes.changed(bot.key, bot));
    assert.deepEqual(heard, ['update default/alpha', 'judge default/alpha']);
  });

  it('hears of a record that is no more', () => {
    assert.deepEqual(
      heardBy((indexes) => indexes.changed(bot.key, undefined)),
      ['remove default/alpha'],
    );
  });

  it('hears of what a pass stored, of its end, and of the finalizer’s removal', () => {
    const heard = heardBy((indexes) => {
      indexes.stored(bot, site);
      indexes.passEnded(bot);
      indexes.released(bot, site);
    });
    assert.deepEqual(heard, [
      'stored default/alpha true',
      'ended default/alpha',
      'released default/alpha true',
    ]);
  });
});

/** What the indexes of a running controller hear of bot `alpha`, without repeats in a row. */
function heardOfAlpha(test: TestContext): string[] {
  const heard: string[] = [];
  const events = ['update', 'judgeDeletion', 'changed', 'stored', 'passEnded', 'released'] as const;
  for (const event of events) {
    const original = RecordIndexes.prototype[event] as (...args: unknown[]) => void;
    test.mock.method(RecordIndexes.prototype, event, function (this: RecordIndexes, ...args: unknown[]) {
      const [what, record] = args as [string | BotRecord, BotRecord | undefined];
      const key = typeof what === 'string' ? what : what.key;
      const name = event === 'changed' ? `changed to ${record ? 'a record' : 'nothing'}` : event;
      if (key === 'default/alpha' && heard.at(-1) !== name) heard.push(name);
      original.apply(this, args);
    });
  }
  return heard;
}

describe('the indexes of a running controller', () => {
  it('hear of a bot at the start, in every pass, and of each change of its declaration', async (t) => {
    const heard = heardOfAlpha(t);
    const bed = new FleetBed(t);
    bed.bot('alpha');
    await bed.started();
    assert.deepEqual(heard.slice(0, 4), ['update', 'judgeDeletion', 'stored', 'passEnded']);
    heard.length = 0;
    bed.bot('alpha', { displayName: 'Alpha' });
    await bed.changed();
    assert.deepEqual(heard.slice(0, 5), [
      ...['changed to a record', 'update', 'judgeDeletion'],
      ...['stored', 'passEnded'],
    ]);
  });

  it('hear that a bot’s finalizer is removed, and that its record is gone', async (t) => {
    const heard = heardOfAlpha(t);
    const bed = new FleetBed(t);
    bed.bystander();
    bed.bot('alpha');
    await bed.started();
    bed.undeclare('alpha.yaml');
    await bed.changed(600_000);
    assert.equal(bed.find('alpha'), undefined);
    assert.deepEqual(heard.slice(-2), ['released', 'changed to nothing']);
  });
});
