import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type Db, MongoServerError } from 'mongodb';
import { silentLog } from '../../../../src/ports/log.ts';
import { statusOf } from '../../../contract/source-bed.ts';
import { until } from '../../../lab/until.ts';
import { eachMongo } from '../support/each-mongo.ts';
import { MongoBed } from './mongo-bed.ts';

const spec = { accountRef: { name: 'team' } };
const all = ['a', 'b', 'c', 'd'];
const id = (name: string) => `default/${name}`;
const mark = 'Collection bots';

await eachMongo(
  'a collection without documents',
  () => true,
  ({ kind, server }) => {
    let bed: MongoBed;
    /** Ids of the documents of the ledger that updates were about. */
    let updated: string[];
    /** mongo-java-server does not tell collections of one name apart. */
    const tells = kind.program.kind !== 'java';

    beforeEach(() => {
      bed = new MongoBed(server().uri);
      updated = [];
      bed.client.on('commandStarted', ({ commandName, command }) => {
        if (commandName === 'update' && command['update'] === 'ledger')
          for (const { q } of command['updates']) updated.push(String(q._id));
      });
    });
    afterEach(() => bed.close());

    const insert = (names: readonly string[]) =>
      bed.bots.insertMany(names.map((name) => ({ _id: id(name), spec })));
    const reasons = (names: readonly string[]) =>
      names.map((name) => bed.bot(name).deletion?.wholesale ?? '');
    const going = (names: readonly string[]) =>
      until('all are to go', 60_000, 10, () => names.every((name) => bed.bot(name).deletion?.implicit));
    /** Many that go at once are a mass in any case, if they are seen at once. */
    const emptied = (count: number) => {
      if (!tells) return /^the collection bots is empty, and nothing shows/;
      return count < 4 ? /^$/ : /^$|^4 of 4 documents .* gone at once$/;
    };
    /** However it happened: at once, or found at the next start. */
    const after = async (how: 'while it runs' | 'while nobody looks', act: () => Promise<unknown>) => {
      if (how === 'while nobody looks') await bed.source.stop();
      await act();
      if (how === 'while nobody looks') await bed.start();
    };

    for (const how of ['while it runs', 'while nobody looks'] as const)
      for (const count of [1, 3, 4])
        describe(`with ${count} bots, ${how}`, () => {
          const names = all.slice(0, count);

          beforeEach(async () => {
            await insert(names);
            await bed.start();
          });

          it('tells that nobody decided about any of them when it is dropped', async () => {
            await after(how, () => bed.bots.drop());
            await going(names);
            for (const reason of reasons(names))
              assert.match(
                reason,
                /^the collection bots (does not exist any more|was dropped|is empty, and nothing)/,
              );
          });

          it('tells so when another one stands in its place, with other documents in it', {
            skip: !tells && 'the server does not tell collections of one name apart',
          }, async () => {
            await after(how, async () => {
              await bed.bots.drop();
              await insert(['other']);
            });
            await going(names);
            for (const reason of reasons(names)) assert.match(reason, /^the collection bots was dropped/);
            assert.equal(bed.bot('other').deletion, undefined);
          });

          it('takes each for removed when it is emptied and the server shows that it is the same one', async () => {
            await after(how, () => bed.bots.deleteMany({}));
            await going(names);
            for (const reason of reasons(names)) assert.match(reason, emptied(count));
          });
        });

    it('tells that nobody decided once an emptied one is dropped as well, by one write for each', async () => {
      const names = all.slice(0, 2);
      await insert(names);
      await bed.start();
      await bed.bots.deleteMany({});
      await going(names);
      const { requestedAt } = bed.bot('a').deletion ?? {};
      await bed.bots.drop();
      await until('all say so', 60_000, 10, () => reasons(names).every((reason) => reason !== ''));
      assert.equal(bed.bot('a').deletion?.requestedAt, requestedAt);
      const { version } = bed.bot('a');
      await bed.start();
      await insert(['c']);
      await until('a later change is known', 60_000, 10, () => Boolean(bed.source.bot(id('c') as never)));
      assert.equal(bed.bot('a').version, version);
    });

    it('goes on with a deletion that has begun when the collection is dropped', async () => {
      await insert(['a', 'b']);
      await bed.start();
      await bed.bots.deleteOne({ _id: id('a') });
      await going(['a']);
      await bed.source.writeStatus(bed.bot('a'), statusOf('Deleting'));
      await bed.bots.drop();
      await going(['b']);
      assert.deepEqual([bed.bot('a').deletion?.wholesale, reasons(['b'])[0] === ''], [undefined, false]);
    });

    it('is remembered by one write, and by none while it is the same', {
      skip: !tells && 'it tells no uuid',
    }, async () => {
      await bed.start();
      assert.equal(await bed.ledger.findOne({ _id: mark }), null, 'it has had no documents yet');
      await insert(['a', 'b']);
      await bed.start();
      await bed.start();
      assert.deepEqual(
        updated.filter((each) => each === mark),
        [mark],
      );
      const before = await bed.ledger.findOne({ _id: mark });
      await bed.source.stop();
      await bed.bots.drop();
      await insert(['a', 'b']);
      await bed.start();
      assert.deepEqual([bed.bot('a').deletion, bed.bot('b').deletion], [undefined, undefined]);
      assert.notDeepEqual(await bed.ledger.findOne({ _id: mark }), before);
      await bed.source.stop();
      await bed.bots.deleteMany({});
      await bed.start();
      assert.deepEqual(reasons(['a', 'b']), ['', ''], 'the new one had documents, too');
    });

    it('is not trusted by a process that finds it empty before it ever saw documents in it', async () => {
      await insert(['a']);
      await bed.start();
      await bed.source.stop();
      await bed.ledger.deleteOne({ _id: mark });
      await bed.bots.deleteMany({});
      await bed.start();
      assert.match(bed.bot('a').deletion?.wholesale ?? '', /is empty, and nothing shows/);
    });

    it('is read though nobody can store which one it is', {
      skip: !tells && 'it tells no uuid',
    }, async () => {
      const warnings: string[] = [];
      const log = { ...silentLog, warn: (_: object, message: string) => warnings.push(message) };
      const collection = (...args: Parameters<Db['collection']>) => {
        const real = bed.db.collection(...args);
        const full = () => Promise.reject(new MongoServerError({ message: 'disk full', code: 14_031 }));
        return args[0] === 'ledger' ? Object.assign(real, { updateOne: full }) : real;
      };
      await insert(['a']);
      await bed.start({ log, db: Object.assign(Object.create(bed.db) as Db, { collection }) });
      assert.deepEqual(bed.bot('a').problems, []);
      assert.match(warnings.join('\n'), /writing which collection had documents: disk full/);
    });

    it('is not trusted by a user who may not list collections; single documents go as ever', async () => {
      const listCollections = () => ({
        toArray: async () => {
          throw new MongoServerError({ message: 'not authorized', code: 13 });
        },
      });
      const collection = (...args: Parameters<Db['collection']>) =>
        Object.defineProperty(bed.db.collection(...args), 'db', { value: db });
      const db: Db = Object.assign(Object.create(bed.db) as Db, { listCollections, collection });
      await insert(['a', 'b']);
      await bed.start({ db });
      await bed.bots.deleteOne({ _id: id('a') });
      await going(['a']);
      assert.equal(bed.bot('a').deletion?.wholesale, undefined);
      await bed.bots.deleteOne({ _id: id('b') });
      await going(['b']);
      assert.match(bed.bot('b').deletion?.wholesale ?? '', /is empty, and nothing shows/);
    });
  },
);
