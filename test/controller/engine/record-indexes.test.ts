import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CloudSite } from '../../../src/controller/cloud/cloud-site.ts';
import { type RecordIndex, RecordIndexes } from '../../../src/controller/engine/record-indexes.ts';
import type { BotRecord } from '../../../src/model/records.ts';

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

describe('an index over the records', () => {
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
