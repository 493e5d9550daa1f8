import assert from 'node:assert/strict';
import { afterEach, beforeEach, it } from 'node:test';
import { type AnyBulkWriteOperation, type Document, MongoBulkWriteError } from 'mongodb';
import { StatusMirror } from '../../../../../src/adapters/mongodb/source/ledger/status-mirror.ts';
import { majorityCollection } from '../../../../../src/adapters/mongodb/source/majority-collection.ts';
import { systemClock } from '../../../../../src/adapters/system/system-clock.ts';
import type { ResourceKey } from '../../../../../src/model/resource-key.ts';
import { soleLeader } from '../../../../../src/ports/leadership.ts';
import { silentLog } from '../../../../../src/ports/log.ts';
import { until } from '../../../../lab/until.ts';
import { eachMongo } from '../../support/each-mongo.ts';
import { MongoBed } from '../mongo-bed.ts';

const key = (name: string) => `default/${name}` as ResourceKey;

await eachMongo(
  'copies of statuses',
  () => true,
  ({ server }) => {
    let bed: MongoBed;
    let warnings: object[];
    let copier: StatusMirror;
    let version: number;

    beforeEach(async () => {
      bed = new MongoBed(server().uri);
      bed.open();
      warnings = [];
      version = 1;
      await bed.bots.insertMany(['bad', 'good'].map((name) => ({ _id: key(name) })));
      copier = new StatusMirror({
        collection: refusing(key('bad')),
        clock: systemClock,
        log: { ...silentLog, warn: (fields: object) => void warnings.push(fields) },
        leadership: soleLeader,
        epoch: () => 1,
        statusOf: () => ({ status: {}, version }),
      });
    });
    afterEach(async () => {
      await copier.close();
      await bed.close();
    });

    const commands: string[][] = [];
    /** The real collection; but a validator takes no status in this document. */
    const refusing = (refused: string) => {
      const collection = majorityCollection<Document>(bed.db, 'bots');
      const bulkWrite = collection.bulkWrite.bind(collection);
      return Object.assign(collection, {
        bulkWrite: async (operations: AnyBulkWriteOperation<Document>[], options: object) => {
          const ids = operations.map((each) =>
            'updateOne' in each ? String(each.updateOne.filter['_id']) : '',
          );
          commands.push(ids);
          const index = ids.indexOf(refused);
          const others = operations.filter((_, at) => at !== index);
          const result = await bulkWrite(others, options);
          if (index < 0) return result;
          const error = { index, code: 121, errmsg: 'Document failed validation' };
          throw new MongoBulkWriteError(
            { message: error.errmsg, code: 121, writeErrors: [error] } as never,
            result,
          );
        },
      });
    };
    const shows = (name: string) =>
      until(`${name} shows version ${version}`, 60_000, 10, async () => {
        const document = await bed.bots.findOne({ _id: key(name) });
        return document?.['status']?.record.version === version;
      });

    it('are held up by no document that takes none, which is told once and not written over and over', async () => {
      commands.length = 0;
      copier.due(key('bad'));
      copier.due(key('good'));
      await shows('good');
      await until('the refusal is told', 60_000, 5, () => warnings.length > 0);
      version = 2;
      copier.putBack(key('bad'));
      copier.putBack(key('good'));
      await shows('good');
      assert.deepEqual(commands, [[key('bad'), key('good')], [key('good')]]);
      assert.deepEqual(
        warnings.map((fields) => 'document' in fields && fields.document),
        [key('bad')],
      );
    });
  },
);
