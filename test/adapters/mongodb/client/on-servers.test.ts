import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { connectMongo, type MongoConnection } from '../../../../src/adapters/mongodb/client/connect.ts';
import {
  type LeaseDocument,
  MongoLeaseStore,
} from '../../../../src/adapters/mongodb/client/mongo-lease-store.ts';
import { swapsAreExact } from '../../../../src/adapters/mongodb/client/swap-probe.ts';
import { highestEpoch } from '../../../../src/adapters/mongodb/source/ledger/ledger-document.ts';
import { systemChance } from '../../../../src/adapters/system/system-chance.ts';
import { systemClock } from '../../../../src/adapters/system/system-clock.ts';
import { LeaderElector } from '../../../../src/election/leader-elector.ts';
import { silentLog } from '../../../../src/ports/log.ts';
import { PortError } from '../../../../src/ports/port-error.ts';
import { until } from '../../../lab/until.ts';
import { eachMongo } from '../support/each-mongo.ts';

const call = { deadlineMs: 5_000 };
const claim = (identity: string) => ({ identity, leaseMs: 15_000, now: Date.parse('2026-01-01T00:00:00Z') });
const begun = Date.parse('2026-01-01T00:00:00Z') / 1_000;

await eachMongo(
  'on a MongoDB server',
  () => true,
  ({ kind, server }) => {
    let connection: MongoConnection;
    before(async () => {
      const database = `clawfleet-client-${systemChance.uuid().slice(0, 8)}`;
      connection = await connectMongo({ uri: server().uri, database });
    });
    after(async () => {
      await connection.db.dropDatabase();
      await connection.close();
    });

    const leases = () => connection.db.collection<LeaseDocument>('leases');
    const ledger = () => connection.db.collection<{ _id: string; epoch?: number }>('ledger');
    const store = (name: string) =>
      new MongoLeaseStore({
        leases: leases(),
        name,
        clock: systemClock,
        chance: systemChance,
        highestEpoch: () => highestEpoch(ledger()),
      });
    const conflict = (error: unknown) => error instanceof PortError && error.fault.kind === 'conflict';

    describe('connectMongo()', () => {
      it('tells of a place without the credentials that led there', () => {
        assert.match(connection.place, /^[\w.,:-]+\/clawfleet-client-\w+$/);
      });
    });

    describe('swapsAreExact()', () => {
      it(`finds that compare-and-swap is ${kind.exactSwaps ? '' : 'not '}exact`, async () => {
        const scratch = connection.db.collection<{ _id: string; round: number; by: number }>('scratch');
        assert.equal(await swapsAreExact(scratch, systemChance), kind.exactSwaps);
        assert.equal(await scratch.countDocuments(), 0);
      });
    });

    describe('MongoLeaseStore', () => {
      it('takes a lease that is not there, renews it and leaves it to nobody', async () => {
        const lease = store('simple');
        assert.equal(await lease.read(call), undefined);
        const taken = await lease.acquire(undefined, claim('a'), call);
        assert.deepEqual([taken.holder, taken.leaseMs, taken.epoch], ['a', 15_000, begun]);
        const renewed = await lease.acquire(taken, claim('a'), call);
        assert.equal(renewed.epoch, begun);
        assert.notEqual(renewed.stamp, taken.stamp);
        const freed = await lease.free(renewed, 0, call);
        assert.equal(freed.holder, '');
        assert.deepEqual(await store('simple').read(call), freed);
      });

      it('gives a lease that is not there to one of two', async () => {
        const results = await Promise.allSettled([
          store('raced').acquire(undefined, claim('a'), call),
          store('raced').acquire(undefined, claim('b'), call),
        ]);
        const lost = results.filter((result) => result.status === 'rejected');
        assert.equal(lost.length, 1);
        assert.ok(conflict(lost[0]?.reason), String(lost[0]?.reason));
      });

      it('refuses who has not seen the last write', async () => {
        const mine = await store('moved').acquire(undefined, claim('a'), call);
        const theirs = await store('moved').acquire(mine, claim('b'), call);
        assert.ok(theirs.epoch > mine.epoch);
        await assert.rejects(store('moved').acquire(mine, claim('a'), call), conflict);
      });

      it('raises the epoch when the document was deleted meanwhile', async () => {
        const lease = store('deleted');
        const taken = await lease.acquire(undefined, claim('a'), call);
        await leases().deleteOne({ _id: 'deleted' });
        assert.equal(await lease.read(call), undefined);
        assert.ok((await lease.acquire(undefined, claim('a'), call)).epoch > taken.epoch);
      });
    });

    describe('MongoLeaseStore beside a ledger', () => {
      it('begins above every epoch there, whatever the clock says, when there is no lease', async () => {
        const documents = [
          { _id: 'Identity' },
          { _id: 'a', epoch: begun + 7 },
          { _id: 'b', epoch: begun + 5 },
        ];
        await ledger().insertMany(documents);
        const taken = await store('lost').acquire(undefined, claim('a'), call);
        await ledger().drop();
        assert.equal(taken.epoch, begun + 8);
      });
    });

    describe('LeaderElector', () => {
      it('elects one of two, and the other one when that resigns', async () => {
        const told: string[] = [];
        const epochs: number[] = [];
        const candidate = (identity: string) =>
          new LeaderElector({
            store: store('elected'),
            clock: systemClock,
            chance: systemChance,
            log: silentLog,
            lease: 'elected',
            identity,
            timing: { leaseMs: 30_000, renewMs: 20_000, retryMs: 50 },
            onStartedLeading: (epoch) => epochs.push(epoch),
            onNewLeader: (holder) => told.push(`${identity} sees ${holder}`),
          });
        const [a, b] = [candidate('a'), candidate('b')];
        a.start();
        await until('a to lead', 60_000, 5, () => a.msLeft() > 0);
        b.start();
        await until('b to see it', 60_000, 5, () => told.includes('b sees a'));
        assert.equal(b.msLeft(), 0);
        await a.stop();
        await until('b to lead', 60_000, 5, () => b.msLeft() > 0);
        await b.stop();
        assert.ok((epochs[1] ?? 0) > (epochs[0] ?? 0), `epochs ${epochs}`);
      });
    });
  },
);

describe('connectMongo()', () => {
  it('fails within its deadline where nobody listens, without the password', async () => {
    const uri = 'mongodb://ann:s3cr3t@127.0.0.1:9/';
    const begunAt = performance.now();
    await assert.rejects(connectMongo({ uri, database: 'fleet' }), (error) => {
      assert.ok(error instanceof PortError && error.fault.kind === 'unavailable');
      assert.match(error.message, /connecting to 127\.0\.0\.1:9\/fleet/);
      assert.doesNotMatch(error.message, /s3cr3t|ann/);
      return true;
    });
    assert.ok(performance.now() - begunAt < 60_000);
  });

  it('refuses what is no connection string', async () => {
    await assert.rejects(
      connectMongo({ uri: 'mongodb://', database: 'fleet' }),
      (error) => error instanceof PortError && error.fault.kind === 'refused',
    );
  });
});
