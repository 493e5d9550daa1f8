import assert from 'node:assert/strict';
import { afterEach, beforeEach, it } from 'node:test';
import { type Collection, MongoNetworkError } from 'mongodb';
import { Ledger } from '../../../../../src/adapters/mongodb/source/ledger/ledger.ts';
import {
  blankRecord,
  type LedgerDocument,
} from '../../../../../src/adapters/mongodb/source/ledger/ledger-document.ts';
import { majorityCollection } from '../../../../../src/adapters/mongodb/source/majority-collection.ts';
import { systemChance } from '../../../../../src/adapters/system/system-chance.ts';
import { systemClock } from '../../../../../src/adapters/system/system-clock.ts';
import { soleLeader } from '../../../../../src/ports/leadership.ts';
import { faultOf } from '../../../../../src/ports/port-error.ts';
import { eachMongo } from '../../support/each-mongo.ts';
import { MongoBed } from '../mongo-bed.ts';

const record = { ...blankRecord, uid: 'u1', version: 1, createdAt: '2026-03-01T12:00:00.000Z' };

await eachMongo(
  'the ledger',
  () => true,
  ({ server }) => {
    let bed: MongoBed;
    let outcomes: (string | undefined)[];

    beforeEach(() => {
      bed = new MongoBed(server().uri);
      bed.open();
      outcomes = [];
    });
    afterEach(() => bed.close());

    const real = () => majorityCollection<LedgerDocument>(bed.db, 'ledger');
    const open = (collection: Collection<LedgerDocument> = real()) =>
      new Ledger({
        collection,
        clock: systemClock,
        chance: systemChance,
        leadership: soleLeader,
        epoch: () => 1,
        onOutcome: (failure) => outcomes.push(failure?.fault.kind),
      });
    /** Of each write the connection ends: before it is sent, or before its answer comes. */
    const cut = (when: 'before' | 'after') => {
      const collection = real();
      const bulkWrite = collection.bulkWrite.bind(collection);
      return Object.assign(collection, {
        bulkWrite: async (...args: Parameters<typeof bulkWrite>) => {
          if (when === 'after') await bulkWrite(...args);
          throw new MongoNetworkError('connection closed');
        },
      });
    };
    const version = async (id: string) => (await open().read([id]))[0]?.version;

    it('decides for each of the writes that share a command', async () => {
      const ledger = open();
      assert.deepEqual(
        await Promise.all([ledger.insert('Bot a/a', record), ledger.insert('Bot a/b', record)]),
        [true, true],
      );
      assert.deepEqual(
        await Promise.all([
          ledger.insert('Bot a/a', record),
          ledger.insert('Bot a/c', record),
          ledger.swap('Bot a/a', record, { version: 2 }),
          ledger.swap('Bot a/b', { uid: 'other', version: 1 }, { version: 2 }),
          ledger.swap('Bot a/none', record, { version: 2 }),
          ledger.remove('Bot a/b', { uid: 'u1', version: 7 }),
        ]),
        [false, true, true, false, false, false],
      );
      assert.equal(await ledger.remove('Bot a/b', record), true);
      assert.deepEqual(
        [await version('Bot a/a'), await version('Bot a/b'), await version('Bot a/c')],
        [2, undefined, 1],
      );
      assert.ok(outcomes.every((failure) => failure === undefined));
    });

    it('finds out by reading that a write happened whose answer was lost', async () => {
      const ledger = open(cut('after'));
      assert.equal(await ledger.insert('Bot a/a', record), true);
      assert.equal(await ledger.swap('Bot a/a', record, { version: 2 }), true);
      assert.equal(await version('Bot a/a'), 2);
      assert.equal(await ledger.remove('Bot a/a', { ...record, version: 2 }), true);
      assert.equal(await version('Bot a/a'), undefined);
    });

    it('says unavailable of a write that was not sent, and changes nothing', async () => {
      await open().insert('Bot a/a', record);
      const ledger = open(cut('before'));
      const unavailable = (error: unknown) => faultOf(error, 'unavailable') !== undefined;
      await assert.rejects(ledger.insert('Bot a/b', record), unavailable);
      await assert.rejects(ledger.swap('Bot a/a', record, { version: 2 }), unavailable);
      await assert.rejects(ledger.remove('Bot a/a', record), unavailable);
      assert.deepEqual([await version('Bot a/a'), await version('Bot a/b')], [1, undefined]);
      assert.ok(outcomes.includes('unavailable'));
    });

    it('carries any number of writes', async () => {
      const ledger = open();
      const ids = Array.from({ length: 300 }, (_, index) => `Bot a/${index}`);
      await Promise.all(ids.map((id) => ledger.insert(id, record)));
      const won = await Promise.all(ids.map((id) => ledger.swap(id, record, { version: 2 })));
      assert.ok(won.every(Boolean));
      await ledger.close();
      await assert.rejects(ledger.swap('Bot a/1', record, { version: 3 }), /closed/);
    });
  },
);
