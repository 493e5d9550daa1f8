import assert from 'node:assert/strict';
import { afterEach, beforeEach, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ObjectId } from 'mongodb';
import { faultOf } from '../../../../src/ports/port-error.ts';
import { botObject, statusOf } from '../../../contract/source-bed.ts';
import { until } from '../../../lab/until.ts';
import { eachMongo } from '../support/each-mongo.ts';
import { MongoBed } from './mongo-bed.ts';

const names = ['a', 'b', 'c', 'd', 'e'];
const spec = { accountRef: { name: 'team' } };
/** Some servers make the collection anew, empty, as soon as anybody looks at it. */
const wholesale = /collection bots (was |does not exist any more|is empty, and nothing shows)/;
const documents = names.map((name) => ({ _id: `default/${name}`, spec }));

await eachMongo(
  'collections that vanish',
  () => true,
  ({ kind, server }) => {
    let bed: MongoBed;

    beforeEach(async () => {
      bed = new MongoBed(server().uri);
      await bed.bots.insertMany(documents);
    });
    afterEach(() => bed.close());

    const all = (what: string, is: (bot: ReturnType<MongoBed['bot']>) => boolean) =>
      until(`all bots ${what}`, 60_000, 10, () => names.every((name) => is(bed.bot(name))));
    const uids = () => names.map((name) => bed.bot(name).uid);

    const vanishings: [string, () => Promise<unknown>][] = [
      ['dropped', () => bed.bots.drop()],
      ['renamed', () => bed.bots.rename('others')],
    ];
    // On disk it makes a copy under the new name, and keeps the collection.
    for (const [what, vanish] of vanishings)
      it(`tells that all go at once, unasked, when the collection is ${what}; nothing is lost when it is back`, {
        skip: what === 'renamed' && kind.program.kind === 'java' && 'the server does not rename',
      }, async () => {
        await bed.start();
        const before = uids();
        await bed.source.writeStatus(bed.bot('a'), statusOf('Online'));
        await vanish();
        await all('are to go wholesale', ({ deletion }) => wholesale.test(deletion?.wholesale ?? ''));
        assert.ok(names.every((name) => bed.bot(name).deletion?.implicit));
        await bed.bots.insertMany(documents);
        await all('stay', ({ deletion }) => deletion === undefined);
        assert.deepEqual([uids(), bed.bot('a').status.phase], [before, 'Online']);
      });

    const disturbances: [string, () => Promise<unknown>, () => boolean][] = [
      [
        'a document whose _id is no name',
        () => bed.bots.insertOne({ _id: new ObjectId() } as never),
        () => bed.source.health().problems.length === 1,
      ],
      ['a drop', () => bed.bots.drop(), () => names.every((name) => bed.bot(name).deletion)],
    ];
    for (const [what, disturb, isKnown] of disturbances)
      it(`follows on after ${what}, and does not begin anew without end`, {
        skip: !kind.streams && 'there are no change streams',
      }, async () => {
        await bed.start();
        await bed.bots.insertOne({ _id: 'default/early', spec });
        await until('a first event came', 60_000, 10, () => Boolean(bed.source.bot('default/early')));
        await disturb();
        await until('it is known', 60_000, 10, isKnown);
        let streams = 0;
        bed.client.on('commandStarted', ({ commandName }) => {
          if (commandName === 'aggregate') streams += 1;
        });
        await sleep(1_000);
        assert.ok(streams <= 3, `${streams} more streams were opened`);
        await bed.bots.insertOne({ _id: 'default/late', spec });
        await until('changes come', 60_000, 10, () => Boolean(bed.source.bot('default/late')));
      });

    it('begins anew only now and then where the server ends each stream at once', async () => {
      let streams = 0;
      const collection = (...args: Parameters<typeof bed.db.collection>) => {
        const real = bed.db.collection(...args);
        const aggregate = real.aggregate.bind(real);
        const ended = () => {
          streams += 1;
          return aggregate([{ $match: { _id: 'none' } }]);
        };
        return Object.assign(real, { aggregate: ended });
      };
      await bed.start({ db: Object.assign(Object.create(bed.db) as typeof bed.db, { collection }) });
      await bed.bots.insertOne({ _id: 'default/late', spec });
      await until('it is known all the same', 60_000, 10, () => Boolean(bed.source.bot('default/late')));
      streams = 0;
      const begun = performance.now();
      await sleep(1_500);
      const most = 2 * Math.ceil((performance.now() - begun) / 500);
      assert.ok(streams <= most, `${streams} streams of two collections, at most ${most}`);
    });

    it('no longer tells of documents whose _id is no name once they are gone', async () => {
      await bed.start();
      const ids = [new ObjectId(), { name: 'a' }, { name: 'b' }];
      const problems = () => bed.source.health().problems;
      await bed.bots.insertMany(ids.map((_id) => ({ _id })) as never);
      await until('they are told', 60_000, 10, () => problems().length === 3);
      assert.deepEqual(
        new Set(problems().map(({ where }) => where.replace(/^.*?: /, ''))),
        new Set([`ObjectId ${ids[0]}`, '{"name":"a"}', '{"name":"b"}']),
      );
      await bed.bots.deleteOne({ _id: ids[1] } as never);
      await until('one is no longer told', 60_000, 10, () => problems().length === 2);
      await bed.bots.deleteMany({ _id: { $in: [ids[0], ids[2]] } } as never);
      await until('none is told', 60_000, 10, () => problems().length === 0);
    });

    it('tells so of a collection that vanished while nobody looked, and still after a restart', async () => {
      await bed.start();
      await bed.source.stop();
      await bed.bots.drop();
      await bed.start();
      assert.ok(names.every((name) => wholesale.test(bed.bot(name).deletion?.wholesale ?? '')));
      const before = bed.bot('a').deletion;
      await bed.start();
      assert.deepEqual(bed.bot('a').deletion, before);
    });

    it('tells of each of most that are deleted that they went together, and not of a few', async () => {
      await bed.start();
      await bed.bots.deleteOne({ _id: 'default/e' });
      await until('one is to go', 60_000, 10, () => bed.bot('e').deletion !== undefined);
      assert.equal(bed.bot('e').deletion?.wholesale, undefined);
      await bed.bots.insertOne({ _id: 'default/e', spec });
      await until('it stays', 60_000, 10, () => bed.bot('e').deletion === undefined);
      await bed.source.stop();
      await bed.bots.deleteMany({ _id: { $ne: 'default/e' } });
      await bed.start();
      const gone = names.slice(0, 4).map((name) => bed.bot(name).deletion?.wholesale ?? '');
      for (const why of gone) assert.match(why, /^4 of 5 documents .* gone at once$/);
      assert.equal(bed.bot('e').deletion, undefined);
    });

    it('takes each of many that are deleted for a loss, not for an order', async () => {
      await bed.start();
      await bed.bots.deleteMany({});
      await all('are to go', ({ deletion }) => deletion?.implicit === true);
    });

    it('writes the ledger again when somebody drops it, uids and status as they were', async () => {
      await bed.start();
      const before = uids();
      await bed.source.writeStatus(bed.bot('a'), statusOf('Online'));
      await bed.ledger.drop();
      await assert.rejects(bed.source.writeStatus(bed.bot('a'), statusOf('Paused')), (error) =>
        Boolean(faultOf(error, 'conflict')),
      );
      assert.equal(bed.bot('a').status.phase, 'Online');
      await bed.source.writeStatus(bed.bot('a'), statusOf('Paused'));
      for (const name of names.slice(1))
        await bed.source.writeStatus(bed.bot(name), statusOf('Online')).catch(() => undefined);
      await until('the fleet’s record is there again', 60_000, 20, async () =>
        Boolean(await bed.ledger.findOne({ _id: 'Fleet' })),
      );
      const { fleetID } = bed.source.fleet().state;
      await bed.start();
      const { state, boundNow } = bed.source.fleet();
      assert.equal(state.boundTo, boundNow, 'it is the same database');
      assert.deepEqual([uids(), bed.bot('a').status.phase], [before, 'Paused']);
      assert.deepEqual([bed.source.fleet().state.fleetID, bed.source.fleet().fresh], [fleetID, false]);
    });

    it('hears of what another process writes into the fleet’s record', async () => {
      await bed.start();
      const { state, version } = bed.source.fleet();
      await bed.ledger.updateOne(
        { _id: 'Fleet' },
        { $set: { state: JSON.stringify({ ...state, acceptedNew: true }), version: Number(version) + 1 } },
      );
      await until('the change is known', 60_000, 10, () => bed.source.fleet().state.acceptedNew);
      assert.equal(bed.told.fleet, 1);
    });

    it('forgets an account whose collection is dropped, and knows it again', async () => {
      await bed.declare({ ...botObject('team'), kind: 'Account', spec: { tier: 'pro' } });
      await bed.start();
      assert.equal(bed.source.account('default/team')?.spec?.tier, 'pro');
      await bed.db.dropCollection('accounts');
      await until('it is gone', 60_000, 10, () => bed.source.account('default/team') === undefined);
      await bed.declare({ ...botObject('team'), kind: 'Account', spec: { tier: 'basic' } });
      await until(
        'it is there',
        60_000,
        10,
        () => bed.source.account('default/team')?.spec?.tier === 'basic',
      );
    });
  },
);
