import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Collection, type Db, type Document, MongoServerError } from 'mongodb';
import { silentLog } from '../../../../src/ports/log.ts';
import { faultOf } from '../../../../src/ports/port-error.ts';
import { statusOf } from '../../../contract/source-bed.ts';
import { TcpProxy } from '../../../lab/tcp-proxy.ts';
import { until } from '../../../lab/until.ts';
import { eachMongo } from '../support/each-mongo.ts';
import { MongoBed } from './mongo-bed.ts';

const spec = { accountRef: { name: 'team' } };
const id = (name: string) => `default/${name}`;
const withinMs = 60_000;

await eachMongo(
  'a connection that is cut',
  ({ program }) => program.kind !== 'running',
  ({ kind, server }) => {
    /** A source that reaches the server by a proxy, beside a writer who needs none. */
    const through = async (act: (proxy: TcpProxy, bed: MongoBed, writer: MongoBed) => Promise<void>) => {
      await using proxy = await TcpProxy.open(`http://${server().address}`);
      const bed = new MongoBed(`mongodb://${proxy.address}/?directConnection=true`);
      const writer = new MongoBed(server().uri, bed.db.databaseName);
      try {
        await act(proxy, bed, writer);
      } finally {
        await bed.close();
        await writer.close();
      }
    };
    const whileCut = async (proxy: TcpProxy, act: () => Promise<unknown>) => {
      await proxy.refuse();
      proxy.cut();
      await act();
      await proxy.accept();
    };

    it('misses nothing that happens meanwhile, and says so that it is cut', () =>
      through(async (proxy, bed, writer) => {
        await writer.bots.insertMany([
          { _id: id('stays'), spec },
          { _id: id('goes'), spec },
        ]);
        await bed.start();
        await writer.bots.insertOne({ _id: id('early'), spec });
        await until('the first change is known', withinMs, 10, () =>
          Boolean(bed.source.bot('default/early')),
        );
        const { uid } = bed.bot('stays');
        await whileCut(proxy, async () => {
          await writer.bots.insertOne({ _id: id('late'), spec });
          await writer.bots.deleteOne({ _id: id('goes') });
          await writer.bots.updateOne({ _id: id('stays') }, { $set: { 'spec.persona': 'tweaker' } });
          await until('the failure is told', withinMs, 10, () => bed.source.health().failure !== undefined);
          await assert.rejects(bed.source.writeStatus(bed.bot('stays'), statusOf('Online')), (error) =>
            Boolean(faultOf(error, 'unavailable')),
          );
        });
        await until('all of it is known', withinMs, 10, () => {
          const [stays, goes, late] = ['stays', 'goes', 'late'].map((name) =>
            bed.source.bot(`default/${name}`),
          );
          return (
            stays?.spec?.persona === 'tweaker' && goes?.deletion?.implicit === true && late !== undefined
          );
        });
        await until('the failure is over', withinMs, 10, () => bed.source.health().failure === undefined);
        assert.equal(bed.bot('stays').uid, uid);
        await bed.source.writeStatus(bed.bot('stays'), statusOf('Online'));
      }));

    it('takes changes again after each of many cuts', () =>
      through(async (proxy, bed, writer) => {
        await bed.start();
        for (let round = 1; round <= 4; round += 1) {
          proxy.cut();
          await writer.bots.insertOne({ _id: id(`bot-${round}`), spec });
          await until(`bot ${round} is known`, withinMs, 10, () =>
            Boolean(bed.source.bot(`default/bot-${round}`)),
          );
        }
        assert.equal([...bed.source.bots()].length, 4);
      }));

    it(
      'reads everything again where the server has forgotten what happened meanwhile',
      {
        skip: !kind.streams && 'there are no change streams',
      },
      () =>
        through(async (proxy, bed, writer) => {
          const warnings: string[] = [];
          const log = { ...silentLog, warn: (_: object, message: string) => void warnings.push(message) };
          await writer.bots.insertOne({ _id: id('goes'), spec });
          const { db, opened } = forgetful(bed.db);
          await bed.start({ db, log });
          await writer.bots.insertOne({ _id: id('early'), spec });
          await until('the first change is known', withinMs, 10, () =>
            Boolean(bed.source.bot('default/early')),
          );
          await whileCut(proxy, async () => {
            await writer.bots.deleteOne({ _id: id('goes') });
            await writer.bots.insertOne({ _id: id('late'), spec });
            // By then each part of the source has failed, and each begins anew.
            await until('the fleet’s record is out of reach, too', withinMs, 10, () =>
              /fleet’s record/.test(bed.source.health().failure ?? ''),
            );
          });
          await until('all of it is known', withinMs, 10, () =>
            Boolean(bed.source.bot('default/late') && bed.bot('goes').deletion?.implicit),
          );
          assert.ok(
            warnings.some((message) => message.includes('is lost')),
            warnings.join('\n'),
          );
          // The other collection's stream may still be on its way.
          await until('the failure is over', withinMs, 10, () => bed.source.health().failure === undefined);
          const streams = opened();
          await writer.bots.updateOne({ _id: id('late') }, { $set: { 'spec.persona': 'tweaker' } });
          await until('changes come again', withinMs, 10, () => bed.bot('late').spec?.persona === 'tweaker');
          // What comes of the old stream’s end must not end the new one, and so on.
          await sleep(1_500);
          assert.ok(opened() <= streams + 2, `${opened() - streams} more streams were opened`);
        }),
    );

    it('goes on after kill -9: no status, no uid is lost, whatever the server lost', async () => {
      const names = ['a', 'b', 'c'];
      const bed = new MongoBed(server().uri);
      try {
        const declareAll = () =>
          Promise.all(
            names.map((name) => bed.bots.updateOne({ _id: id(name) }, { $set: { spec } }, { upsert: true })),
          );
        await declareAll();
        await bed.start();
        for (const name of names) await bed.source.writeStatus(bed.bot(name), statusOf('Online'));
        const before = names.map((name) => bed.bot(name).uid);
        await server().process?.kill();
        await until('the failure is told', withinMs, 10, () => bed.source.health().failure !== undefined);
        server().process?.start();
        await server().ready();
        await declareAll();
        await until('the failure is over', withinMs, 10, () => bed.source.health().failure === undefined);
        await until('the ledger has everything', withinMs, 20, async () => {
          const stored = await bed.ledger.find({ _id: /^Bot / }).toArray();
          return stored.filter(({ status }) => status === JSON.stringify(statusOf('Online'))).length === 3;
        });
        await until('all stay', withinMs, 10, () => names.every((name) => !bed.bot(name).deletion));
        await bed.start();
        assert.deepEqual(
          names.map((name) => [bed.bot(name).uid, bed.bot(name).status.phase]),
          before.map((uid) => [uid, 'Online']),
        );
      } finally {
        await bed.close();
      }
    });
  },
);

/** The same database; but whoever wants to resume a change stream is told that its history is lost. Counts streams. */
function forgetful(db: Db): { readonly db: Db; readonly opened: () => number } {
  let count = 0;
  const collection = (...args: Parameters<Db['collection']>): Collection<Document> => {
    const real = db.collection(...args);
    const aggregate = real.aggregate.bind(real);
    return Object.assign(real, {
      aggregate: (...[stages = [], options]: Parameters<typeof aggregate>) => {
        const [{ $changeStream: stream } = {}] = stages as Document[];
        if (stream?.resumeAfter)
          throw new MongoServerError({ message: 'resume point may no longer be in the oplog', code: 286 });
        count += 1;
        return aggregate(stages, options);
      },
    });
  };
  return { db: Object.assign(Object.create(db) as Db, { collection }), opened: () => count };
}
