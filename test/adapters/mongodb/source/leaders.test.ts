import assert from 'node:assert/strict';
import { afterEach, beforeEach, it } from 'node:test';
import { PortError } from '../../../../src/ports/port-error.ts';
import { botObject, statusOf } from '../../../contract/source-bed.ts';
import { until } from '../../../lab/until.ts';
import { eachMongo } from '../support/each-mongo.ts';
import { MongoBed } from './mongo-bed.ts';

const leading = { msLeft: () => 10_000 };

await eachMongo(
  'leaders one after the other',
  () => true,
  ({ server }) => {
    let old: MongoBed;
    let next: MongoBed;

    beforeEach(async () => {
      old = new MongoBed(server().uri);
      next = new MongoBed(server().uri, old.db.databaseName);
      for (const name of ['a', 'b']) await old.declare(botObject(name));
      await old.start({ epoch: () => 1, leadership: leading });
    });
    afterEach(async () => {
      await old.source.stop();
      await next.close();
      await old.close();
    });

    const refused = (why: RegExp) => (error: unknown) =>
      error instanceof PortError && error.fault.kind === 'unavailable' && why.test(error.message);

    it('fences a former leader off from every record as soon as the next one starts', async () => {
      await old.source.writeStatus(old.bot('a'), statusOf('Provisioning'));
      await next.start({ epoch: () => 2, leadership: leading });
      for (const name of ['a', 'b'])
        await assert.rejects(
          old.source.writeStatus(old.bot(name), statusOf('Error')),
          refused(/later leader/),
        );
      await assert.rejects(old.source.removeFinalizer(old.bot('b')), refused(/later leader/));
      const { state, version } = old.source.fleet();
      await assert.rejects(old.source.saveFleet({ ...state, acceptedNew: true }, version));
      assert.deepEqual(
        [next.bot('a').status.phase, next.bot('b').status, next.source.fleet().state.acceptedNew],
        ['Provisioning', {}, false],
      );
      await next.source.writeStatus(next.bot('a'), statusOf('Online'));
      const records = await next.ledger.find({ epoch: { $exists: true } }).toArray();
      assert.ok(records.length >= 3);
      assert.ok(records.every(({ epoch }) => epoch === 2));
    });

    it('gives both the same uid of a document that both find new', async () => {
      await next.start({ epoch: () => 2, leadership: leading });
      await next.declare(botObject('c'));
      await until('both know it, or the old one no more', 60_000, 10, () =>
        Boolean(next.source.bot('default/c')),
      );
      const known = old.source.bot('default/c');
      if (known) assert.equal(known.uid, next.bot('c').uid);
      assert.equal((await next.ledger.find({ _id: 'Bot default/c' }).toArray()).length, 1);
    });

    it('writes nothing without the lease', async () => {
      let msLeft = 10_000;
      await next.start({ epoch: () => 2, leadership: { msLeft: () => msLeft } });
      await next.source.writeStatus(next.bot('a'), statusOf('Provisioning'));
      msLeft = 0;
      const before = await next.ledger.find().sort({ _id: 1 }).toArray();
      const { state, version } = next.source.fleet();
      await assert.rejects(next.source.writeStatus(next.bot('a'), statusOf('Online')), refused(/lease/));
      await assert.rejects(next.source.removeFinalizer(next.bot('b')), refused(/lease/));
      await assert.rejects(next.source.saveFleet(state, version), refused(/lease/));
      next.source.recordEvent({ key: 'default/a', uid: 'u', type: 'Normal', reason: 'R', message: 'm' });
      await next.source.stop();
      assert.deepEqual(await next.ledger.find().sort({ _id: 1 }).toArray(), before);
      assert.equal(await next.db.collection('events').countDocuments(), 0);
    });

    it('lets one of many writes of the same version win, and the others know it', async () => {
      const record = old.bot('a');
      await next.start({ epoch: () => 1, leadership: leading });
      const other = next.bot('a');
      const outcomes = await Promise.allSettled([
        old.source.writeStatus(record, statusOf('Pending')),
        old.source.writeStatus(record, statusOf('Error')),
        old.source.addFinalizer(record),
      ]);
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled'],
      );
      await assert.rejects(next.source.writeStatus(other, statusOf('Online')), /no longer at version/);
      assert.deepEqual(next.bot('a').status, statusOf('Pending'));
      await next.source.writeStatus(next.bot('a'), statusOf('Online'));
    });

    it('refuses a fleet id that is not that of the database', async () => {
      await assert.rejects(next.start({ fleetID: 'another' }), /belongs to fleet/);
      next.open();
    });
  },
);
