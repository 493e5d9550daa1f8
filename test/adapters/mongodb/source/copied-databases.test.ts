import assert from 'node:assert/strict';
import { afterEach, beforeEach, it } from 'node:test';
import { type Db, MongoNetworkError, MongoServerError, ObjectId } from 'mongodb';
import { mongoEditor } from '../../../../src/adapters/mongodb/source/mongo-editor.ts';
import { openMongoReader } from '../../../../src/adapters/mongodb/source/mongo-reader.ts';
import { systemChance } from '../../../../src/adapters/system/system-chance.ts';
import { systemClock } from '../../../../src/adapters/system/system-clock.ts';
import { silentLog } from '../../../../src/ports/log.ts';
import { until } from '../../../lab/until.ts';
import { eachMongo } from '../support/each-mongo.ts';
import { MongoBed } from './mongo-bed.ts';

const [production, staging] = [
  new ObjectId('65f000000000000000000001'),
  new ObjectId('65f000000000000000000002'),
];

type Says = ObjectId | 'no replica set' | 'no right' | 'nothing';

const refusals = { 'no replica set': 76, 'no right': 13 } as const;

/** The database on a server that says this of its replica set: the servers of the tests are none. */
function onReplicaSet(db: Db, says: Says): Db {
  const command = async () => {
    if (says === 'nothing') throw new MongoNetworkError('connection closed');
    if (says instanceof ObjectId) return { config: { settings: { replicaSetId: says } } };
    throw new MongoServerError({ message: says, code: refusals[says] });
  };
  return Object.assign(Object.create(db) as Db, { admin: () => ({ command }) });
}

await eachMongo(
  'a database that was copied to another replica set',
  () => true,
  ({ server }) => {
    let bed: MongoBed;
    /** Ids of the documents of the ledger that were written, in order. */
    let written: string[];

    beforeEach(() => {
      bed = new MongoBed(server().uri);
      written = [];
      bed.client.on('commandStarted', ({ commandName, command }) => {
        for (const { q } of commandName === 'update' ? command['updates'] : []) written.push(String(q._id));
      });
    });
    afterEach(() => bed.close());

    const start = async (says: Says) => {
      await bed.start({ db: onReplicaSet(bed.db, says) });
      const { state, boundNow } = bed.source.fleet();
      return { boundTo: state.boundTo, boundNow, isOwn: state.boundTo === boundNow };
    };
    const seen = async (says: Says) => {
      const db = onReplicaSet(bed.db, says);
      const reader = await openMongoReader({
        db,
        collections: bed.collections,
        clock: systemClock,
        log: silentLog,
      });
      return { isOwn: reader.fleet()?.boundTo === reader.boundNow(), boundNow: reader.boundNow() };
    };
    const takeOver = (boundTo: string) =>
      mongoEditor({ db: bed.db, collections: bed.collections, chance: systemChance }).editFleet((state) => ({
        ...state,
        boundTo,
      }));

    it('is another source than that to which the fleet is bound, until somebody takes it over', async () => {
      const first = await start(production);
      assert.deepEqual([first.isOwn, first.boundTo.endsWith(`@${production}`)], [true, true]);
      const copy = await start(staging);
      assert.deepEqual([copy.isOwn, copy.boundTo], [false, first.boundTo]);
      assert.equal((await seen(staging)).isOwn, false);
      await takeOver((await seen(staging)).boundNow);
      assert.equal((await start(staging)).isOwn, true);
      assert.equal((await start(production)).isOwn, false);
    });

    for (const says of ['no replica set', 'no right'] as const)
      it(`is the same where the server says that it has ${says}`, async () => {
        const { boundTo, isOwn } = await start(says);
        assert.match(boundTo, /^mongodb:[0-9a-f-]{36}$/);
        assert.deepEqual(
          [isOwn, await start(says), await seen(says)],
          [true, { boundTo, boundNow: boundTo, isOwn }, { isOwn, boundNow: boundTo }],
        );
        assert.deepEqual(
          written.filter((id) => id === 'Identity' || id === 'Fleet'),
          [],
        );
      });

    it('makes no difference to a fleet of the release before, which is bound to the replica set by one write each', async () => {
      const before = await start('no replica set');
      assert.equal((await seen(production)).isOwn, true, 'before any controller has bound it');
      const after = await start(production);
      assert.deepEqual(after, {
        boundTo: `${before.boundTo}@${production}`,
        boundNow: `${before.boundTo}@${production}`,
        isOwn: true,
      });
      await start(production);
      assert.deepEqual(
        written.filter((id) => id === 'Identity' || id === 'Fleet'),
        ['Identity', 'Fleet'],
      );
    });

    it('is told from the original by who may not ask, too: what was seen last counts', async () => {
      await start(production);
      assert.equal((await start('no right')).isOwn, true);
      assert.equal((await start(production)).isOwn, true);
      assert.equal((await start(staging)).isOwn, false);
      assert.deepEqual([(await start('no right')).isOwn, (await seen('no right')).isOwn], [false, false]);
      await takeOver((await seen('no right')).boundNow);
      assert.deepEqual([(await start('no right')).isOwn, (await start(staging)).isOwn], [true, true]);
    });

    it('is not opened while nobody can tell: an outage is no missing right', async () => {
      await start(production);
      await assert.rejects(start('nothing'), /asking for the replica set’s id/);
    });

    it('keeps what it is bound to when somebody deletes its identity while it is in use', async () => {
      const { boundTo } = await start(production);
      await bed.ledger.deleteMany({ _id: { $in: ['Identity', 'Fleet'] } });
      await until('the record is there again', 60_000, 20, async () =>
        Boolean(await bed.ledger.findOne({ _id: 'Fleet' })),
      );
      assert.deepEqual(await start('no right'), { boundTo, boundNow: boundTo, isOwn: true });
    });
  },
);
